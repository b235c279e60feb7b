/** How the rows of a table state the start of their interval. Pure. */
import type { TimeForm } from '../../domain/files/file-form.ts';
import { readTime } from '../../domain/lines/time-text.ts';
import { WallClock } from '../../domain/lines/wall-clock.ts';
import { dayAt, dayInterval, isCivilDay } from '../../domain/time/civil-day.ts';
import type { About } from './decoder.ts';

export interface TimeColumn {
  readonly column: string;
  /** A second column, which names the day; its cells are given to the reader, and written by `writeDay`. */
  readonly dayColumn?: string;
  /** What its cells contain, for findings: `an instant with its zone, such as …`. */
  readonly says: string;
  /** A reader of one body. It returns milliseconds UTC, or null for a cell that cannot be read; rows of a series come in order. */
  reader(about: About): (cell: unknown, series: string, day?: unknown) => number | null;
  /** A cell as the source would write it. */
  write(startsAtMs: number, about: About): string;
  /** A cell of `dayColumn` as the source would write it. */
  writeDay?(startsAtMs: number): string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A column of instants with their zone: `2026-04-20T00:00:00Z`, `2026-04-20T02:00:00+02:00`. */
export function instant(column: string): TimeColumn {
  return {
    column,
    says: 'an instant with its zone, such as 2026-04-20T00:00:00Z',
    reader: () => readInstant,
    write: (ms) => new Date(ms).toISOString().replace('.000Z', 'Z'),
  };
}

/** Milliseconds UTC of an instant with its zone; null for anything else. */
export function readInstant(cell: unknown): number | null {
  const date = typeof cell === 'string' ? INSTANT.exec(cell)?.[1] : undefined;
  if (date === undefined || !exists(date)) return null;
  const ms = Date.parse(cell as string);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * A column of wall-clock times of a zone, without it: `2026-04-20 02:00`, or `20.04.2026 02:00` with the form `day-first`. The hour that
 * occurs twice in autumn is resolved by the order of the rows of a series.
 */
export function wallClock(column: string, zone: string, form: TimeForm = 'iso-local'): TimeColumn {
  return {
    column,
    says: `a time on the clocks of ${zone}, such as ${writeWallTime(Date.UTC(2026, 3, 20, 2), 'UTC', form)}`,
    reader: () => wallReader(zone, form),
    write: (ms) => writeWallTime(ms, zone, form),
  };
}

/**
 * A column that counts the intervals of the delivery day from 1 on: hours 1 to 23, 24 or 25.
 * @param dayColumn the column with the date of the day (`2026-04-20`, or a time on it), if there is one. Without it the body does not name
 * its day: it is read as that of the requested one, and `batch`, which requests several, must not be set.
 */
export function intervalOfDay(column: string, minutes: number, zone: string, dayColumn?: string): TimeColumn {
  const stepMs = minutes * MINUTE_MS;
  const read = (cell: unknown, day: string) => {
    if (!isCivilDay(day)) return null;
    const { startMs, endMs } = dayInterval(day, zone);
    const number = /^\d{1,4}$/.test(String(cell).trim()) ? Number(cell) : 0;
    return number >= 1 && number <= (endMs - startMs) / stepMs ? startMs + (number - 1) * stepMs : null;
  };
  return {
    ...{ column, ...(dayColumn === undefined ? {} : { dayColumn }) },
    says: `the number of an interval of ${minutes} minutes of the day, from 1 on`,
    reader:
      ({ unit }) =>
      (cell, _series, day) =>
        read(cell, dayColumn === undefined ? unit : String(day).trim().slice(0, 10)),
    write: (ms) => String((ms - dayInterval(dayAt(ms, zone), zone).startMs) / stepMs + 1),
    writeDay: (ms) => dayAt(ms, zone),
  };
}

function wallReader(zone: string, form: TimeForm) {
  const clock = new WallClock(zone);
  const indexes = new Map<string, number>();
  return (cell: unknown, series: string): number | null => {
    const isText = typeof cell === 'string' || typeof cell === 'number';
    const read = isText ? readTime(String(cell).trim(), form) : '';
    if (typeof read === 'string') return null;
    if (read.offsetMs !== null) return read.wallMs - read.offsetMs;
    const index = indexes.get(series) ?? indexes.size;
    indexes.set(series, index);
    const offset = clock.offsetOfHour(Math.floor(read.wallMs / HOUR_MS) * HOUR_MS);
    if (Number.isNaN(offset)) return nullWhereNone(clock.resolve(index, read.wallMs));
    clock.pass(index, read.wallMs);
    return read.wallMs - offset;
  };
}

function nullWhereNone(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}

function writeWallTime(ms: number, zone: string, form: TimeForm): string {
  // The Swedish locale writes dates as ISO does.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const [date = '', time = ''] = format.format(ms).split(' ');
  const [year, month, day] = date.split('-');
  if (form === 'day-first') return `${day}.${month}.${year} ${time}`;
  if (form === 'month-first') return `${month}/${day}/${year} ${time}`;
  if (form === 'epoch-s') return String(ms / 1_000);
  if (form === 'epoch-ms') return String(ms);
  return `${date} ${time}`;
}

/** Date.parse takes 31 April for 1 May. */
function exists(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}
