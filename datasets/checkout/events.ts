/**
 * Checkout events: articles put into a cart, payments, scanned tickets.
 *
 * Form      one JSON object a line, or CSV with a line of names; sent or in files. `event_id`, `event_type`, `event_timestamp` (an instant
 *           with its offset, or the time on the wall where the checkout is), `version`, `user_id`, `related_id` (cart, payment,
 *           ticket), and in `metadata` or beside them the fields of the type. schemas.ts has the fields and what else they may be called.
 *           `"deleted": true` ends an event.
 * Identity  id and version. A correction is the same id with a higher version; senders may repeat themselves as often as they like.
 * Kept      every field, known or not. What a schema does not know is in `body` as it was sent.
 * Broken    a line that cannot be read, or of a type that no schema knows, is a finding with its raw text. Once the schema knows it,
 *           a rebuild of the day reads the stored bytes again.
 * Personal  `name` and `email`. `user_id` is a pseudonym.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { RecordDataset, RecordLines } from '../../domain/dataset/records.ts';
import { decodeLines, LineReader } from './lines.ts';
import { glanceEvent, instantOf, personOf, readEvent } from './read-event.ts';
import { fieldsByType, NAMES, SCHEMA_VERSION } from './schemas.ts';
import { checkout } from './source.ts';

const reader = new LineReader(NAMES);

const FIELDS: RecordDataset['fields'] = [
  { name: 'type', type: 'text', description: 'ArticleAddedToCart, PaymentSuccessful or BarcodeScanned' },
  { name: 'user_id', type: 'text', description: 'who it was; a pseudonym' },
  { name: 'related_id', type: 'text', description: 'the cart, the payment or the ticket' },
  { name: 'article_id', type: 'text', description: 'of ArticleAddedToCart' },
  { name: 'article_price', type: 'number', description: 'of ArticleAddedToCart, in its currency' },
  { name: 'currency', type: 'text', description: 'of ArticleAddedToCart and PaymentSuccessful: EUR' },
  { name: 'total_amount', type: 'number', description: 'of PaymentSuccessful, in its currency' },
  { name: 'payment_method', type: 'text', description: 'of PaymentSuccessful' },
  { name: 'scanner_location', type: 'text', description: 'of BarcodeScanned: which entrance' },
  { name: 'name', type: 'text', personal: true, description: 'of the user' },
  { name: 'email', type: 'text', personal: true, description: 'of the user' },
];
const SINCE_2: RecordDataset['fields'] = [
  { name: 'barcode_type', type: 'text', description: 'of BarcodeScanned: QR, EAN13; one spelling for each' },
];

/** The dataset as of a version of the schemas. */
export function checkoutEvents(schemaVersion: number): RecordDataset {
  const schemas = fieldsByType(schemaVersion);
  const lines = linesBy(schemas);
  return defineDataset<RecordDataset>({
    shape: 'records',
    id: 'checkout.events',
    source: checkout,
    title: 'Checkout events',
    description:
      'Articles put into a cart, payments and scanned tickets, as the shops and entrances send them.',
    unit: 'events',
    owner: 'Checkout team',
    licence: 'internal',
    link: checkout.link,
    access: 'open',
    retentionDays: null,
    firstDay: '2000-01-01',
    chunkDays: 7,
    decoderVersion: schemaVersion,
    leading: true,
    silence: 'nothing',
    period: 'day',
    fields: schemaVersion < 2 ? FIELDS : [...FIELDS, ...SINCE_2],
    decode: (body) => decodeLines(reader, body, (fields, at) => readEvent(fields, at, schemas)),
    files: { lines },
    push: { lines },
  });
}

function linesBy(schemas: ReturnType<typeof fieldsByType>): RecordLines {
  return {
    isHeader: (line) => reader.isHeader(line),
    instantOf: (line, header) => {
      const read = reader.glance(line, header);
      return 'fields' in read ? instantOf(read.fields) : undefined;
    },
    glance: (line) => {
      const fields = reader.readPlain(line);
      return fields && glanceEvent(fields, schemas);
    },
    person: {
      field: 'user_id',
      of: (line, header) => {
        const read = reader.read(line, header);
        return 'fields' in read ? personOf(read.fields) : undefined;
      },
    },
  };
}

export default checkoutEvents(SCHEMA_VERSION);
