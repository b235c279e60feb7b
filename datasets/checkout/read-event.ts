/** From one event as it was sent to a record, or to a finding with the raw text. Pure. */
import type { DecodedRecord } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import { WallClock } from '../../domain/lines/wall-clock.ts';
import { instantsAt, isCivilDay } from '../../domain/time/civil-day.ts';
import type { Json } from '../../domain/values/json.ts';
import { type Fields, idOf, numberOf, readFields } from './fields.ts';
import type { fieldsByType } from './schemas.ts';
import { checkout } from './source.ts';

// Times of events: instants with their offset, or the time on the wall where the checkout is. Pure.

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/;
const USUAL =
  /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** A clock that was never set says 1970. */
const FIRST_MS = Date.parse('2000-01-01T00:00:00Z');
const END_MS = Date.parse('2100-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;

const wall = new WallClock(checkout.timeZone);

/** Milliseconds UTC, or what is wrong with it: a sentence without its subject. */
function readTime(time: Json | undefined): { readonly ms: number } | { readonly fault: string } {
  if (time === undefined || time === null) return { fault: 'is missing' };
  // Most are in the usual machine-written form, on a day that every month has.
  if (typeof time === 'string' && USUAL.test(time)) return { ms: Date.parse(time) };
  const [, day = '', minute = '', rest = ':00', offset] =
    typeof time === 'string' ? (TIME.exec(time) ?? []) : [];
  if (!mayBeDay(day)) return { fault: NO_TIME };
  const wallMs = Date.parse(`${day}T${minute}${rest}${offsetOf(offset)}`);
  const read = offset === undefined ? onTheWall(wallMs, day, minute) : { ms: wallMs };
  if ('fault' in read) return read;
  return read.ms >= FIRST_MS && read.ms < END_MS ? read : { fault: NO_TIME };
}

const NO_TIME = 'is no time between 2000 and 2100, such as "2026-11-20T10:00:00Z"';

/** Whether the month may have the day. Days that every month has are left to the parser. */
function mayBeDay(day: string): boolean {
  return day !== '' && (day.slice(8) <= '28' || isCivilDay(day));
}

function offsetOf(offset: string | undefined): string {
  if (offset === undefined || offset === 'UTC') return 'Z';
  return /^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
}

/** Around a clock change a time may not exist or occur twice: then it is ambiguous. */
function onTheWall(
  wallMs: number,
  day: string,
  minute: string,
): { readonly ms: number } | { readonly fault: string } {
  if (Number.isNaN(wallMs)) return { fault: NO_TIME };
  const offset = wall.offsetOfHour(Math.floor(wallMs / HOUR_MS) * HOUR_MS);
  if (!Number.isNaN(offset)) return { ms: wallMs - offset };
  const [only, other] = instantsAt(day, minute, checkout.timeZone);
  const where = `${day} ${minute} in ${checkout.timeZone}: send it with its offset`;
  if (only === undefined) return { fault: `is skipped by the clock, ${where}` };
  return other === undefined ? { ms: only + (wallMs % 60_000) } : { fault: `is there twice, ${where}` };
}

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
