/**
 * The schemas of the events, with the version of the set in which a field became known. What a schema does not know is kept
 * in the body as it was sent. Whoever adds a field raises SCHEMA_VERSION and gives the field that number as `since`; then
 * `tidemark rebuild checkout.events --decoder-older-than` reads the stored bytes again.
 */
import type { Json } from '../../domain/json.ts';

/** 1: the three types · 2: `barcode_type` of BarcodeScanned, one spelling for each. */
export const SCHEMA_VERSION = 2;

export interface EventField {
  readonly name: string;
  readonly since: number;
  readonly required: boolean;
  /** The value as it is kept, or what is wrong with it. */
  read(value: Json): { readonly kept: Json } | { readonly fault: string };
}

const kept = (value: Json) => ({ kept: value });

function text(name: string, since = 1, { required = true } = {}): EventField {
  return {
    ...{ name, since, required },
    read: (value) => (typeof value === 'string' && value !== '' ? kept(value) : { fault: 'is no text' }),
  };
}

function amount(name: string): EventField {
  return {
    ...{ name, since: 1, required: true },
    read: (value) =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0
        ? kept(value)
        : { fault: 'is no number from 0 on' },
  };
}

const currency: EventField = {
  ...{ name: 'currency', since: 1, required: true },
  read: (value) =>
    typeof value === 'string' && /^[A-Z]{3}$/.test(value)
      ? kept(value)
      : { fault: 'is no currency of three capital letters' },
};

/** Scanners spell them as they like: `QR`, `qr-code`, `EAN_13`. */
const barcodeType: EventField = {
  ...{ name: 'barcode_type', since: 2, required: false },
  read: (value) => {
    if (typeof value !== 'string' || value === '') return { fault: 'is no text' };
    return kept(
      value
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '')
        .replace(/code$/, ''),
    );
  },
};

/** What every event has beside its id, type, time and version. */
export const COMMON: readonly EventField[] = [
  text('user_id'),
  text('related_id'),
  text('name', 1, { required: false }),
  text('email', 1, { required: false }),
];

/** By type: the fields of its own. `related_id` is a cart, a payment, a ticket. */
export const SCHEMAS: ReadonlyMap<string, readonly EventField[]> = new Map([
  ['ArticleAddedToCart', [text('article_id'), amount('price'), currency]],
  ['PaymentSuccessful', [amount('total'), currency, text('payment_method')]],
  ['BarcodeScanned', [text('scanner_location'), barcodeType]],
]);
