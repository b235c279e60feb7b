/** Times as texts, in every notation that a form allows. The slow path; TimeScanner reads the usual ones byte by byte. */
import type { TimeForm } from '../files/file-form.ts';
import { weekdaysOf } from './weekdays.ts';

/** A parsed time: wall-clock time as if it were UTC, and what to subtract; null: the time zone decides. */
export interface WallTime {
  readonly wallMs: number;
  readonly offsetMs: number | null;
}

const CLOCK = String.raw`(?:[Tt]|,? +)(?<hour>\d{1,2})(?<mark>[:.h])(?<minute>\d{2})(?:\k<mark>(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?:[ \u00a0\u202f]?(?<half>[AaPp])\.?[Mm]\.?)?`;
const ZONE = String.raw` ?(?:(?<z>[Zz])|(?<sign>[+-])(?<hours>\d{2})(?::?(?<minutes>\d{2}))?)?`;
const ISO = new RegExp(
  String.raw`^(?<year>\d{4}|\d{2}(?=-))(?<dash>[-/.])(?<month>\d{1,2})\k<dash>(?<day>\d{1,2})${CLOCK}${ZONE}$`,
);
const YEAR_LAST = String.raw`(?<year>\d{4}|\d{2})${CLOCK}$`;
const DAY_FIRST = new RegExp(
  String.raw`^(?<day>\d{1,2})(?<dash>[./-]) ?(?<month>\d{1,2})\k<dash> ?${YEAR_LAST}`,
);
const MONTH_FIRST = new RegExp(
  String.raw`^(?<month>\d{1,2})(?<dash>[/-])(?<day>\d{1,2})\k<dash>${YEAR_LAST}`,
);
const EPOCH = /^\d{1,15}(?:\.0+)?$/;
/** `Sa. `, `Saturday, ` before a date. */
export const WEEKDAY = /^(\p{L}+\.?),? *(?=\d)/u;

/** Years that a measurement can have: any other is a slip, and outside the rules of time zones. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;
const FIRST_MS = Date.UTC(FIRST_YEAR, 0, 1);
const END_MS = Date.UTC(LAST_YEAR + 1, 0, 1);
/** Two-digit years from here on are of the last century. */
const OLDEST_SHORT_YEAR = 70;

/** @returns the parsed time, or why it cannot be read. */
export function readTime(text: string, form: TimeForm): WallTime | string {
  if (form === 'epoch-s') return epoch(text, 1000);
  if (form === 'epoch-ms') return epoch(text, 1);
  if (form === 'excel') return excel(text);
  const [word = '', name = ''] = WEEKDAY.exec(text) ?? [];
  const days = name === '' ? undefined : weekdaysOf(name);
  if (name !== '' && !days) return notA(text, form);
  const time = dateTime(text.slice(word.length), form);
  if (typeof time === 'string') return `"${text}" ${time}`;
  if (days && !days.includes(new Date(time.dateMs).getUTCDay()))
    return `"${text}" names another weekday than that of ${new Date(time.dateMs).toISOString().slice(0, 10)}`;
  return time;
}

/** Whether a text is written as a form has it, though its date may not exist. */
export function isWrittenAs(text: string, form: TimeForm): boolean {
  return form in PATTERNS && PATTERNS[form as TextForm].test(text.replace(WEEKDAY, ''));
}

/** The start of a wall-clock hour as if it were UTC, or NaN when there is no such date or hour. */
export function wallHour(year: number, month: number, day: number, hour: number): number {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR && hour >= 0 && hour <= 23)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day, hour);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : Number.NaN;
}

/** Whether an instant is plausible for a measurement. */
export function isSane(ms: number): boolean {
  return ms >= FIRST_MS && ms < END_MS;
}

type TextForm = Exclude<TimeForm, 'epoch-s' | 'epoch-ms' | 'excel'>;
type Groups = Readonly<Record<string, string | undefined>>;

const PATTERNS: Readonly<Record<TextForm, RegExp>> = {
  iso: ISO,
  'iso-local': ISO,
  'day-first': DAY_FIRST,
  'month-first': MONTH_FIRST,
};

function dateTime(text: string, form: TextForm): (WallTime & { readonly dateMs: number }) | string {
  const parts = PATTERNS[form].exec(text)?.groups;
  if (!parts) return `is not a time such as ${EXAMPLES[form]}`;
  const time = wallTime(parts);
  if (typeof time === 'string') return time;
  const isZoned = parts.z !== undefined || parts.sign !== undefined;
  if (form === 'iso')
    return isZoned ? withOffset(time, parts) : 'carries no zone, which the form of the file says it does';
  return isZoned
    ? 'carries a zone, which the form of the file says it does not'
    : { ...time, offsetMs: null };
}

function withOffset<T>(time: T, { sign, hours = '0', minutes = '0' }: Groups) {
  if (Number(hours) > 23 || Number(minutes) > 59) return 'has an offset that cannot be';
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { ...time, offsetMs: sign === '-' ? -offsetMs : offsetMs };
}

/** The wall-clock time, and the start of the day that its date names; or a text that says why there is none. */
function wallTime(parts: Groups): { readonly wallMs: number; readonly dateMs: number } | string {
  const { minute = '0', second = '0', fraction = '' } = parts;
  const dateMs = wallHour(yearOf(parts.year ?? ''), Number(parts.month), Number(parts.day), 0);
  const hour = hourOf(parts);
  const isMidnight = hour === 24 && Number(minute) === 0 && Number(second) === 0;
  if (Number.isNaN(dateMs) || !(hour <= 23 || isMidnight)) return 'is a date or an hour that does not exist';
  if (Number(minute) > 59 || Number(second) > 59) return 'has a minute or second that does not exist';
  if (!/^0*$/.test(fraction)) return 'has a fraction of a second';
  return { dateMs, wallMs: dateMs + (hour * 3600 + Number(minute) * 60 + Number(second)) * 1000 };
}

function yearOf(text: string): number {
  if (text.length > 2) return Number(text);
  return Number(text) + (Number(text) >= OLDEST_SHORT_YEAR ? 1900 : 2000);
}

/** The hour of the day; NaN for an hour that a twelve-hour clock does not have. */
function hourOf({ hour, half }: Groups): number {
  if (half === undefined) return Number(hour);
  const isOne = Number(hour) >= 1 && Number(hour) <= 12;
  return isOne ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number.NaN;
}

function epoch(text: string, unitMs: number): WallTime | string {
  const ms = EPOCH.test(text) ? Number(text) * unitMs : Number.NaN;
  if (isSane(ms)) return { wallMs: ms, offsetMs: 0 };
  return `"${text}" is not a number of ${unitMs === 1 ? 'milliseconds' : 'seconds'} since 1970 within ${FIRST_YEAR} to ${LAST_YEAR}`;
}

function excel(text: string): WallTime | string {
  const wallMs = readExcel(text);
  if (typeof wallMs === 'string') return `"${text}" ${wallMs}`;
  return isSane(wallMs)
    ? { wallMs, offsetMs: null }
    : `"${text}" is not a number of days since 1899-12-30 within ${FIRST_YEAR} to ${LAST_YEAR}`;
}

const EXAMPLES: Readonly<Record<TextForm, string>> = {
  iso: '2024-03-31T02:00:00+01:00',
  'iso-local': '2024-03-31 02:00:00',
  'day-first': '31.03.2024 02:00:00',
  'month-first': '03/31/2024 2:00:00 AM',
};

function notA(text: string, form: TextForm): string {
  return `"${text}" is not a time such as ${EXAMPLES[form]}`;
}

// Spreadsheet times: days since 1899-12-30, with the time of day as a fraction.

const SERIAL = /^(\d{1,6})(?:[.,](\d{1,20}))?$/;
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAY_SECONDS = 86_400;
/** How close a spreadsheet number of fifteen digits is to the intended second. */
const NEAR_SECONDS = 0.01;

/** @returns the wall-clock time as if it were UTC, ms, or why the text has none. */
function readExcel(text: string): number | string {
  const [, days, fraction = ''] = SERIAL.exec(text) ?? [];
  if (days === undefined) return 'is not a number of days since 1899-12-30';
  const exact = Number(`0.${fraction}0`) * DAY_SECONDS;
  const seconds = Math.round(exact);
  // Precision of the digits given: half a unit of the last one, if that distinguishes seconds.
  const half = (DAY_SECONDS / 2) * 10 ** -fraction.length;
  const most = half <= 0.5 ? Math.max(half, NEAR_SECONDS) : NEAR_SECONDS;
  if (Math.abs(exact - seconds) > most) return 'is no whole second, or has too few digits to know which';
  return EPOCH_MS + (Number(days) * DAY_SECONDS + seconds) * 1000;
}
