/** Times as texts, in all the ways that a form allows. The slow way; TimeScanner reads the usual ones byte by byte. */
import type { TimeForm } from '../file-form.ts';

/** What a text says: the time on the wall as if it were UTC, and what to take off it; null: the zone has to tell. */
export interface WallTime {
  readonly wallMs: number;
  readonly offsetMs: number | null;
}

const ISO =
  /^(\d{4})([-/])(\d{2})\2(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)? ?(?:([Zz])|([+-])(\d{2})(?::?(\d{2}))?)?$/;
const DAY_FIRST = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?$/;
const EPOCH = /^\d{1,15}(?:\.0+)?$/;

/** Years that a measurement can have: a time outside is a slip, and no zone knows its rules. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;
const FIRST_MS = Date.UTC(FIRST_YEAR, 0, 1);
const END_MS = Date.UTC(LAST_YEAR + 1, 0, 1);

/** @returns what the text says, or why it cannot be read. */
export function readTime(text: string, form: TimeForm): WallTime | string {
  if (form === 'epoch-s') return epoch(text, 1000);
  if (form === 'epoch-ms') return epoch(text, 1);
  return form === 'day-first' ? dayFirst(text) : iso(text, form);
}

/** The start of an hour on the wall as if it were UTC, or NaN when there is no such date or hour. */
export function wallHour(year: number, month: number, day: number, hour: number): number {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR && hour >= 0 && hour <= 23)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day, hour);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : Number.NaN;
}

/** Whether an instant is one that a measurement can have. */
export function isSane(ms: number): boolean {
  return ms >= FIRST_MS && ms < END_MS;
}

function iso(text: string, form: 'iso' | 'iso-local'): WallTime | string {
  const match = ISO.exec(text);
  if (!match) return notA(text, form);
  const [, year, , month, day, hour, minute, second = '0', fraction = '', z, sign, hours, minutes = '0'] =
    match;
  const wallMs = wallTime([year, month, day, hour, minute, second], fraction);
  if (typeof wallMs === 'string') return `"${text}" ${wallMs}`;
  const isZoned = z !== undefined || sign !== undefined;
  if (form === 'iso-local')
    return isZoned
      ? `"${text}" carries a zone, which the form of the file says it does not`
      : { wallMs, offsetMs: null };
  if (!isZoned) return `"${text}" carries no zone, which the form of the file says it does`;
  if (Number(hours ?? 0) > 23 || Number(minutes) > 59) return `"${text}" has an offset that cannot be`;
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000;
  return { wallMs, offsetMs: sign === '-' ? -offsetMs : offsetMs };
}

function dayFirst(text: string): WallTime | string {
  const match = DAY_FIRST.exec(text);
  if (!match) return notA(text, 'day-first');
  const [, day, , month, year, hour, minute, second = '0', fraction = ''] = match;
  const wallMs = wallTime([year, month, day, hour, minute, second], fraction);
  return typeof wallMs === 'string' ? `"${text}" ${wallMs}` : { wallMs, offsetMs: null };
}

function wallTime(parts: readonly (string | undefined)[], fraction: string): number | string {
  const [year, month, day, hour, minute, second] = parts.map(Number) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  const hourMs = wallHour(year, month, day, hour);
  if (Number.isNaN(hourMs)) return 'is a date or an hour that does not exist';
  if (minute > 59 || second > 59) return 'has a minute or second that does not exist';
  if (!/^0*$/.test(fraction)) return 'has a fraction of a second';
  return hourMs + (minute * 60 + second) * 1000;
}

function epoch(text: string, unitMs: number): WallTime | string {
  const ms = EPOCH.test(text) ? Number(text) * unitMs : Number.NaN;
  if (isSane(ms)) return { wallMs: ms, offsetMs: 0 };
  return `"${text}" is not a number of ${unitMs === 1 ? 'milliseconds' : 'seconds'} since 1970 within ${FIRST_YEAR} to ${LAST_YEAR}`;
}

const EXAMPLES: Readonly<Record<Exclude<TimeForm, 'epoch-s' | 'epoch-ms'>, string>> = {
  iso: '2024-03-31T02:00:00+01:00',
  'iso-local': '2024-03-31 02:00:00',
  'day-first': '31.03.2024 02:00:00',
};

function notA(text: string, form: keyof typeof EXAMPLES): string {
  return `"${text}" is not a time such as ${EXAMPLES[form]}`;
}
