/** Made-up answers in the envelope of the Publication Tool: for contract tests and for trying out a dataset. */
import type { Example } from '../../domain/dataset/example.ts';
import { dayAt, type Interval } from '../../domain/time/civil-day.ts';

export interface ExampleTable {
  /** Length of the intervals of a delivery day. */
  minutes(day: string): number;
  /** Columns with values of a delivery day. */
  columns(day: string): readonly string[];
  /** Approximate level of the values. */
  readonly level: number;
}

export const hourly = () => 60;

/** Hours until the day-ahead market changed to quarter-hours. */
export const quarterOrHour = (day: string) => (day < '2025-10-01' ? 60 : 15);

/** The source answers windows of at most 48 hours. */
const WIDEST_HOURS = 48;

export function exampleOf(table: ExampleTable): Example {
  return {
    answer: (window) => asBytes({ data: rowsOf(table, window), rejected: false, messages: null }),
    windowOf: ({ query }) => ({
      startMs: Date.parse(query.FromUtc ?? ''),
      endMs: Date.parse(query.ToUtc ?? ''),
    }),
    widestHours: WIDEST_HOURS,
    retell,
  };
}

/**
 * The same for a table with several rows an hour.
 * @param time the column with the start of a row
 */
export function exampleOfRows(
  rowsAt: (startsAtMs: number) => readonly object[],
  time = 'dateTimeUtc',
): Example {
  const hoursOf = ({ startMs, endMs }: Interval) =>
    Array.from({ length: (endMs - startMs) / 3_600_000 }, (_, i) => startMs + i * 3_600_000);
  const data = (window: Interval) =>
    hoursOf(window).flatMap((ms) =>
      rowsAt(ms).map((row, i) => ({ id: i, [time]: new Date(ms).toISOString(), ...row })),
    );
  return {
    answer: (window) => asBytes({ data: data(window), rejected: false, messages: null }),
    widestHours: WIDEST_HOURS,
    retell,
  };
}

/** Network elements of an hour, two of which differ only in their content. */
export function elementsAt(startsAtMs: number) {
  return [0, 1, 2, 2].map((n, i) => ({
    ...{ tso: 'APG', cnecName: `[AT-DE] Line ${n}`, contName: 'N-1 Line 7', direction: 'DIRECT' },
    n: ((startsAtMs / 3_600_000) % 50) + i,
  }));
}

function rowsOf({ minutes, columns, level }: ExampleTable, { startMs, endMs }: Interval): object[] {
  const step = minutes(dayAt(startMs, 'Europe/Amsterdam')) * 60_000;
  return Array.from({ length: (endMs - startMs) / step }, (_, i) => {
    const ms = startMs + i * step;
    const names = columns(dayAt(ms, 'Europe/Amsterdam'));
    const values = names.map((name, n) => [name, valueAt(level, ms / step, n)]);
    return { id: i + 1, dateTimeUtc: new Date(ms).toISOString(), ...Object.fromEntries(values) };
  });
}

/** Varies slowly through the day, and differs between columns and days. */
function valueAt(level: number, step: number, column: number): number {
  return Math.round(level * (1 + 0.1 * Math.sin(step / 5 + column)) + (step % 89));
}

/** Rows shuffled, under new ids, as JAO sends a republished day. */
function retell(body: Uint8Array, draw: (n: number) => number): Uint8Array {
  const envelope: unknown = JSON.parse(new TextDecoder().decode(body));
  const rows = (envelope as { data?: unknown } | null)?.data;
  if (!Array.isArray(rows)) return body;
  const data = shuffled(rows, draw).map((row: unknown) => (isObject(row) ? { ...row, id: draw(1e6) } : row));
  return asBytes({ ...(envelope as object), data });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shuffled<T>(items: readonly T[], draw: (n: number) => number): T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(draw(rest.length), 1));
}

function asBytes(content: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(content));
}
