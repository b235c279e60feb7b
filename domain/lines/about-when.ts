/**
 * The approximate time of an unusable line: its day can often be read though the line, or its time, cannot. It only assigns the line to a
 * day.
 */
import type { FileForm } from '../files/file-form.ts';
import { readTime, type WallTime, WEEKDAY } from './time-text.ts';
import type { WallClock } from './wall-clock.ts';

const HOUR_MS = 3_600_000;
/** No clock changes by more. */
const BEFORE_CHANGE_MS = 3 * HOUR_MS;
const DATE = /^\d{1,4}([-./]) ?\d{1,2}\1 ?\d{1,4}/;
const CLOCK = /^[Tt ](\d{1,2}:\d{2})(?!\d)/;
const OFFSET = /(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;
const NOON = '12:00';

/** @returns an instant of the line's day, milliseconds UTC; NaN where its time column has no date. */
export function aboutWhen(line: string, form: FileForm, clock: WallClock): number {
  const cell = (line.split(form.delimiter)[form.timeColumn] ?? '').replace(/^[\s"']+|[\s"']+$/g, '');
  const time = readTime(cell, form.time);
  const about = typeof time === 'string' ? aboutTime(cell, form) : time;
  return about === null ? Number.NaN : about.wallMs - (about.offsetMs ?? offsetAt(about.wallMs, clock));
}

/** The date, and whatever can be read of the time. */
function aboutTime(cell: string, { time }: FileForm): WallTime | null {
  const dated = cell.replace(WEEKDAY, '');
  const date = DATE.exec(dated)?.[0];
  if (date === undefined) return null;
  const rest = dated.slice(date.length);
  const form = time === 'iso' ? 'iso-local' : time;
  const [, hour = NOON] = CLOCK.exec(rest) ?? [];
  const exact = readTime(`${date} ${hour}`, form);
  const about = typeof exact === 'string' ? readTime(`${date} ${NOON}`, form) : exact;
  return typeof about === 'string' ? null : { ...about, offsetMs: offsetOf(rest) };
}

function offsetOf(rest: string): number | null {
  const [found, sign, hours = '0', minutes = '0'] = OFFSET.exec(rest) ?? [];
  if (found === undefined) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** In an hour that the clocks skip, or repeat, the offset of the hours before. */
function offsetAt(wallMs: number, clock: WallClock): number {
  const hourMs = Math.floor(wallMs / HOUR_MS) * HOUR_MS;
  const offsetMs = clock.offsetOfHour(hourMs);
  return Number.isNaN(offsetMs) ? clock.offsetOfHour(hourMs - BEFORE_CHANGE_MS) : offsetMs;
}
