/** From one event as it was sent to a record, or to a finding with the raw text. Pure. */
import { type Finding, finding } from '../../domain/finding.ts';
import type { Json } from '../../domain/json.ts';
import type { DecodedRecord } from '../../domain/record-dataset.ts';
import { COMMON, type EventField, SCHEMAS } from './schemas.ts';

export type Fields = { readonly [name: string]: Json };

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** A clock that was never set says 1970. */
const FIRST_MS = Date.parse('2000-01-01T00:00:00Z');
const END_MS = Date.parse('2100-01-01T00:00:00Z');

/** The instant of an event; undefined when it has none that can be. */
export function instantOf({ time }: Fields): number | undefined {
  if (typeof time !== 'string' || !INSTANT.test(time)) return undefined;
  const ms = Date.parse(time);
  return ms >= FIRST_MS && ms < END_MS ? ms : undefined;
}

/** The user of an event, also of one that cannot be kept; null when it names none. */
export function personOf({ user_id: user }: Fields): string | null {
  return typeof user === 'string' || typeof user === 'number' ? `${user}` : null;
}

/**
 * @param raw the event as it was sent, for findings.
 * @param schemaVersion fields of later versions are kept as they were sent.
 */
export function readEvent(
  fields: Fields,
  at: { readonly place: string; readonly raw: string },
  schemaVersion: number,
): DecodedRecord | Finding {
  const { id, type, version } = fields;
  const startsAtMs = instantOf(fields);
  const series = typeof id === 'string' && id.length <= 200 ? id : null;
  const about = { ...at, series, startsAtMs: startsAtMs ?? null };
  if (typeof id !== 'string' || id === '')
    return finding('unreadable_key', 'block', 'the event has no "id"', about);
  if (startsAtMs === undefined)
    return finding(
      'unreadable_time',
      'block',
      '"time" is no instant with its offset between 2000 and 2100',
      about,
    );
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0)
    return finding('unreadable_version', 'block', '"version" is no whole number from 0 on', about);
  const record = { key: id, startsAtMs, version, place: at.place };
  // A deletion needs no more than what it is about.
  if (fields.deleted === true) return { ...record, body: null };
  const schema = typeof type === 'string' ? SCHEMAS.get(type) : undefined;
  if (!schema)
    return finding(
      'unknown_type',
      'block',
      `no schema knows the type ${typeof type === 'string' ? JSON.stringify(type.slice(0, 100)) : 'it has'}`,
      about,
    );
  const read = readFields([...COMMON, ...schema], fields, schemaVersion);
  return 'fault' in read
    ? finding('unreadable_value', 'block', read.fault, about)
    : { ...record, body: read.body };
}

function readFields(
  schema: readonly EventField[],
  { id: _, time: __, version: ___, ...fields }: Fields,
  schemaVersion: number,
): { readonly body: Fields } | { readonly fault: string } {
  const body: { [name: string]: Json } = { ...fields };
  for (const { name, since, required, read } of schema) {
    if (since > schemaVersion) continue;
    const value = fields[name];
    if (value === undefined || value === null) {
      if (required) return { fault: `"${name}" is missing` };
      continue;
    }
    const made = read(value);
    if ('fault' in made) return { fault: `"${name}" ${made.fault}` };
    body[name] = made.kept;
  }
  return { body };
}
