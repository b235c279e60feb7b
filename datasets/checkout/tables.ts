/** What events refer to: `article_id`, the `related_id` of a scan, `user_id`. Name and email of users are personal data; a user can be erased. */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { DecodedRecord, RecordDataset, RecordLines } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import { type CivilDay, dayInterval } from '../../domain/time/civil-day.ts';
import { amount, type Field, type Fields, id, idOf, readFields, text } from './fields.ts';
import { type At, decodeLines, LineReader } from './lines.ts';
import { Names } from './names.ts';
import { checkout } from './source.ts';

// What events refer to: users, tickets, articles. One JSON object a line, or CSV with a header. A line is the complete new state of a
// thing: the latest one counts, and `"deleted": true` ends it. Lines carry neither time nor version: they belong to the day on which they
// arrived.

/** A field of a thing: its column and its reader. */
interface ThingField {
  readonly read: Field;
  readonly type: 'text' | 'number';
  readonly description: string;
  /** Other names. */
  readonly aliases?: readonly string[];
  readonly personal?: true;
}

interface Thing {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Its id. */
  readonly key: { readonly name: string; readonly description: string };
  readonly fields: readonly ThingField[];
  /** Set when it is a person, who can be erased. */
  readonly isPerson?: true;
}

function defineThings({ key, fields, isPerson, ...facts }: Thing): RecordDataset {
  const reader = new LineReader(namesOf(key.name, fields));
  const schema = [id(key.name), ...fields.map(({ read }) => read)];
  const lines: RecordLines = {
    isHeader: (line) => reader.isHeader(line),
    instantOf: () => undefined,
    ...(isPerson ? { person: { field: key.name, of: personOf(reader, key.name) } } : {}),
  };
  return defineDataset<RecordDataset>({
    shape: 'records',
    ...facts,
    ...{ source: checkout, owner: 'Checkout team', licence: 'internal', link: checkout.link, access: 'open' },
    ...{ retentionDays: null, firstDay: '2000-01-01', chunkDays: 7, decoderVersion: 1, leading: true },
    ...{ silence: 'nothing', versions: 'by-arrival', period: 'day' },
    fields: [{ ...key, type: 'text' }, ...fields.map(columnOf)],
    decode: (body, day) =>
      decodeLines(reader, body, (sent, at) => readThing(schema, key.name, sent, at, day)),
    files: { lines },
    push: { lines },
  });
}

function namesOf(key: string, fields: readonly ThingField[]): Names {
  const aliases = fields.map(({ read, aliases: others = [] }) => [read.name, others] as const);
  return new Names({ key, aliases: { [key]: [], deleted: [], ...Object.fromEntries(aliases) } });
}

function columnOf({ read, type, description, personal }: ThingField): RecordDataset['fields'][number] {
  return { name: read.name, type, description, ...(personal ? { personal } : {}) };
}

function readThing(
  schema: readonly Field[],
  keyName: string,
  fields: Fields,
  { place, raw }: At,
  day: CivilDay,
): DecodedRecord | Finding {
  const { startMs: startsAtMs } = dayInterval(day, checkout.timeZone);
  const key = idOf(fields[keyName]);
  if (key === undefined)
    return finding('unreadable_key', 'block', `the line has no "${keyName}"`, { place, raw, startsAtMs });
  const record = { key, startsAtMs, version: 0, place };
  if (fields.deleted === true || fields.deleted === 'true') return { ...record, body: null };
  const read = readFields(schema, fields, NOTHING);
  if ('body' in read) return { ...record, body: read.body };
  const series = key.length <= 200 ? key : null;
  return finding('unreadable_value', 'block', read.fault, { place, raw, startsAtMs, series });
}

const NOTHING: ReadonlySet<string> = new Set();

function personOf(reader: LineReader, keyName: string) {
  return (line: string, header: string | undefined): string | null | undefined => {
    const read = reader.read(line, header);
    return 'fields' in read ? (idOf(read.fields[keyName]) ?? null) : undefined;
  };
}

const optional = { required: false };

export default [
  defineThings({
    id: 'checkout.articles',
    title: 'Checkout articles',
    description: 'Articles of the shops, each in its latest version.',
    unit: 'articles',
    key: { name: 'article_id', description: 'which article' },
    fields: [
      {
        ...{ read: text('article_name', optional), type: 'text', description: 'what it is called' },
        aliases: ['name'],
      },
      {
        ...{ read: amount('price', optional), type: 'number', description: 'what it costs, in its currency' },
        aliases: ['article_price'],
      },
      { read: text('currency', optional), type: 'text', description: 'of its price: EUR' },
    ],
  }),
  defineThings({
    id: 'checkout.tickets',
    title: 'Checkout tickets',
    description: 'Tickets that were sold, each in its latest version.',
    unit: 'tickets',
    key: { name: 'ticket_id', description: 'which ticket' },
    fields: [
      {
        ...{ read: text('event_name', optional), type: 'text', description: 'what it is a ticket of' },
        aliases: ['event'],
      },
      {
        ...{ read: amount('ticket_price', optional), type: 'number', description: 'what it costs' },
        aliases: ['price'],
      },
    ],
  }),
  defineThings({
    id: 'checkout.users',
    title: 'Checkout users',
    description: 'Users of the shops, each in its latest version.',
    unit: 'users',
    key: { name: 'user_id', description: 'who; a pseudonym' },
    isPerson: true,
    fields: [
      { read: text('name', optional), type: 'text', personal: true, description: 'of the user' },
      { read: text('email', optional), type: 'text', personal: true, description: 'of the user' },
      {
        read: text('country', optional),
        type: 'text',
        description: 'where the user is from, as it was told',
      },
    ],
  }),
];
