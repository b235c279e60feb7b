/**
 * The schemas of the events, with the version of the set that introduced each field. Fields unknown to a schema are kept in the body as
 * sent. To add a field, raise SCHEMA_VERSION and give the field that number as `since`; then `tidemark rebuild checkout.events
 * --decoder-older-than` reads the stored bytes again.
 */
import type { Json } from '../../domain/values/json.ts';
import { amount, type Field, id, kept, text } from './fields.ts';
import { Names } from './names.ts';

/** 1: the three types · 2: `barcode_type` of BarcodeScanned, one spelling for each. */
export const SCHEMA_VERSION = 2;

export interface EventField extends Field {
  readonly since: number;
}

const since = (version: number, field: Field): EventField => ({ ...field, since: version });

const currency: Field = {
  ...{ name: 'currency', required: true },
  read: (value) =>
    typeof value === 'string' && /^[A-Z]{3}$/.test(value)
      ? kept(value)
      : { fault: 'is no currency of three capital letters, such as "EUR"' },
};

/** Scanners spell them differently: `QR`, `qr-code`, `EAN_13`. */
const barcodeType: Field = {
  ...{ name: 'barcode_type', required: false },
  read: (value: Json) => {
    if (typeof value !== 'string' || value === '') return { fault: 'is no text' };
    return kept(
      value
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '')
        .replace(/CODE$/, ''),
    );
  },
};

/** What every event has besides its id, type, time and version. */
const COMMON: readonly EventField[] = [
  since(1, id('user_id')),
  since(1, id('related_id')),
  since(1, text('name', { required: false })),
  since(1, text('email', { required: false })),
];

/** The fields of each type. `related_id` is a cart, a payment, a ticket. */
const SCHEMAS: ReadonlyMap<string, readonly EventField[]> = new Map([
  ['ArticleAddedToCart', [since(1, id('article_id')), since(1, amount('article_price')), since(1, currency)]],
  [
    'PaymentSuccessful',
    [since(1, amount('total_amount')), since(1, currency), since(1, text('payment_method'))],
  ],
  ['BarcodeScanned', [since(1, text('scanner_location')), since(2, barcodeType)]],
]);

/** By type: the fields that its events have in a version of the schemas. */
export function fieldsByType(version: number): ReadonlyMap<string, readonly EventField[]> {
  const known = (fields: readonly EventField[]) => fields.filter((field) => field.since <= version);
  return new Map([...SCHEMAS].map(([type, fields]) => [type, known([...COMMON, ...fields])]));
}

/** Other names of the fields. */
export const NAMES = new Names({
  key: 'id',
  aliases: {
    ...Object.fromEntries([...COMMON, ...[...SCHEMAS.values()].flat()].map(({ name }) => [name, []])),
    ...{ version: [], deleted: [] },
    id: ['event_id'],
    type: ['event_type'],
    time: ['event_timestamp', 'timestamp'],
    article_price: ['price'],
    total_amount: ['total'],
  },
  nested: {
    in: 'metadata',
    fields: [...SCHEMAS.values()].flat().map(({ name }) => name),
  },
});
