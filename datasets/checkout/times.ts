/** Times of events: instants with their offset, or the time on the wall where the checkout is. Pure. */

import { WallClock } from '../../domain/lines/wall-clock.ts';
import { instantsAt, isCivilDay } from '../../domain/time/civil-day.ts';
import type { Json } from '../../domain/values/json.ts';
import { checkout } from './source.ts';

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/;
const USUAL =
  /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** A clock that was never set says 1970. */
const FIRST_MS = Date.parse('2000-01-01T00:00:00Z');
const END_MS = Date.parse('2100-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;

const wall = new WallClock(checkout.timeZone);

/** Milliseconds UTC, or what is wrong with it: a sentence without its subject. */
export function readTime(time: Json | undefined): { readonly ms: number } | { readonly fault: string } {
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
