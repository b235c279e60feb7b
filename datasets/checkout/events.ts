/**
 * Checkout events: articles put into a cart, payments, scanned tickets.
 *
 * Form      one JSON object a line (stream and files), or CSV with a line of names (files). `id`, `type`, `time` (an instant with its
 *           offset), `version`, `user_id`, `related_id` (cart, payment, ticket), `name` and `email` where known, and the fields of the type
 *           (schemas.ts). `"deleted": true` ends an event.
 * Identity  `id` and `version`. A correction is the same id with a higher version; senders may repeat themselves as often as they like.
 * Kept      every field, known or not. What a schema does not know is in `body` as it was sent.
 * Broken    a line that cannot be read, or of a type that no schema knows, is a finding with its raw text. Once the schema knows it,
 *           a rebuild of the day reads the stored bytes again.
 * Personal  `name` and `email`. `user_id` is a pseudonym.
 */
import { type Finding, finding } from '../../domain/finding.ts';
import { type DecodedRecord, defineRecordDataset, type RecordDataset } from '../../domain/record-dataset.ts';
import { cellsOf, fieldsOf, isHeader, readLines } from './lines.ts';
import { instantOf, personOf, readEvent } from './read-event.ts';
import { SCHEMA_VERSION } from './schemas.ts';
import { checkout } from './source.ts';

const FIELDS: RecordDataset['fields'] = [
  { name: 'type', type: 'text', description: 'ArticleAddedToCart, PaymentSuccessful or BarcodeScanned' },
  { name: 'user_id', type: 'text', description: 'who it was; a pseudonym' },
  { name: 'related_id', type: 'text', description: 'the cart, the payment or the ticket' },
  { name: 'article_id', type: 'text', description: 'of ArticleAddedToCart' },
  { name: 'price', type: 'number', description: 'of ArticleAddedToCart, in its currency' },
  { name: 'currency', type: 'text', description: 'of ArticleAddedToCart and PaymentSuccessful: EUR' },
  { name: 'total', type: 'number', description: 'of PaymentSuccessful, in its currency' },
  { name: 'payment_method', type: 'text', description: 'of PaymentSuccessful' },
  { name: 'scanner_location', type: 'text', description: 'of BarcodeScanned: which entrance' },
  { name: 'name', type: 'text', personal: true, description: 'of the user' },
  { name: 'email', type: 'text', personal: true, description: 'of the user' },
];
const SINCE_2: RecordDataset['fields'] = [
  { name: 'barcode_type', type: 'text', description: 'of BarcodeScanned: qr, ean13; one spelling for each' },
];

/** The dataset as it is with a version of the schemas. */
export function checkoutEvents(schemaVersion: number): RecordDataset {
  return defineRecordDataset<Omit<RecordDataset, 'kind'>>({
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
    fold: 'upsert',
    period: 'day',
    fields: schemaVersion < 2 ? FIELDS : [...FIELDS, ...SINCE_2],
    decode: (body) => {
      const records: DecodedRecord[] = [];
      const findings: Finding[] = [];
      for (const { number, raw, fields } of readLines(body)) {
        const place = `line ${number}`;
        const read = fields
          ? readEvent(fields, { place, raw }, schemaVersion)
          : finding('unreadable_event', 'block', 'the line is not an event that can be read', { place, raw });
        if ('rule' in read) findings.push(read);
        else records.push(read);
      }
      return { records, findings };
    },
    lines: {
      isHeader,
      instantOf: (line, header) => {
        const fields = fieldsOf(line, header === undefined ? undefined : cellsOf(header));
        return fields && instantOf(fields);
      },
      person: {
        field: 'user_id',
        of: (line, header) => {
          const fields = fieldsOf(line, header === undefined ? undefined : cellsOf(header));
          return fields && personOf(fields);
        },
      },
    },
  });
}

export default checkoutEvents(SCHEMA_VERSION);
