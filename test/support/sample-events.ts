/** A checkout event for tests: an article put into a cart, unless said otherwise. */
export function event(changes: Readonly<Record<string, unknown>>): object {
  return {
    ...{ id: 'e1', type: 'ArticleAddedToCart', time: '2026-11-20T10:00:00.000Z', version: 1 },
    ...{ user_id: 'u1', related_id: 'c1', article_id: 'a1', price: 9.99, currency: 'EUR' },
    ...changes,
  };
}

export function payment(changes: Readonly<Record<string, unknown>>): object {
  return {
    ...{ id: 'p1', type: 'PaymentSuccessful', time: '2026-11-20T10:05:00.000Z', version: 1 },
    ...{ user_id: 'u1', related_id: 'pay1', total: 9.99, currency: 'EUR', payment_method: 'card' },
    ...changes,
  };
}

export function scan(changes: Readonly<Record<string, unknown>>): object {
  return {
    ...{ id: 's1', type: 'BarcodeScanned', time: '2026-11-20T18:00:00.000Z', version: 1 },
    ...{ user_id: 'u1', related_id: 't1', scanner_location: 'north' },
    ...changes,
  };
}
