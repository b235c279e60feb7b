/** From one event as it was sent to a record, or to a finding with the raw text. Pure. */

import type { DecodedRecord } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import { type Fields, idOf, numberOf, readFields } from './fields.ts';
import type { fieldsByType } from './schemas.ts';
import { readTime } from './times.ts';

/** The instant of an event; undefined when it has no valid one. */
export function instantOf({ time }: Fields): number | undefined {
  const read = readTime(time);
  return 'ms' in read ? read.ms : undefined;
}

/** The user of an event, even of one that cannot be kept; null when it names none. */
export function personOf({ user_id: user }: Fields): string | null {
  return idOf(user) ?? null;
}

/**
 * @param raw the event as it was sent, for findings.
 * @param schemas by type; unknown fields are kept as sent.
 */
export function readEvent(
  fields: Fields,
  at: { readonly place: string; readonly raw: string },
  schemas: ReturnType<typeof fieldsByType>,
): DecodedRecord | Finding {
  const { id, time, version, type, deleted } = fields;
  const key = idOf(id);
  const when = readTime(time);
  const startsAtMs = 'ms' in when ? when.ms : null;
  const about = () => ({
    ...{ place: at.place, raw: at.raw, startsAtMs },
    series: key !== undefined && key.length <= 200 ? key : null,
  });
  if (key === undefined) return finding('unreadable_key', 'block', 'the event has no "id"', about());
  if ('fault' in when) return finding('unreadable_time', 'block', `"time" ${when.fault}`, about());
  const number = numberOf(version);
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    return finding('unreadable_version', 'block', '"version" is no whole number from 0 on', about());
  const record = { key, startsAtMs: when.ms, version: number, place: at.place };
  // A deletion only needs the id of what it deletes.
  if (deleted === true || deleted === 'true') return { ...record, body: null };
  const schema = typeof type === 'string' ? schemas.get(type) : undefined;
  if (!schema)
    return finding('unknown_type', 'block', `no schema knows the type ${shown(type, schemas)}`, about());
  const read = readFields(schema, fields, IDENTITY);
  return 'fault' in read
    ? finding('unreadable_value', 'block', read.fault, about())
    : { ...record, body: read.body };
}

/** An event that passes the quick check, with its body as it was sent; undefined where the full reading may disagree. */
export function glanceEvent(
  fields: Fields,
  schemas: ReturnType<typeof fieldsByType>,
): DecodedRecord | undefined {
  const { id, time, version, type, deleted } = fields;
  const schema = typeof type === 'string' ? schemas.get(type) : undefined;
  if (!schema || deleted !== undefined || typeof id !== 'string' || typeof version !== 'number')
    return undefined;
  const when = readTime(time);
  if ('fault' in when) return undefined;
  for (const { name, required, read } of schema) {
    const value = fields[name];
    if (value === undefined || value === null ? required : 'fault' in read(value)) return undefined;
  }
  return { key: id, startsAtMs: when.ms, version, body: fields, place: '' };
}

/** What every record has besides its body. */
const IDENTITY = new Set(['id', 'time', 'version']);

function shown(type: Fields[string] | undefined, schemas: ReadonlyMap<string, unknown>): string {
  if (typeof type !== 'string') return 'it has';
  return `${JSON.stringify(type.slice(0, 100))}: it knows ${[...schemas.keys()].join(', ')}`;
}
