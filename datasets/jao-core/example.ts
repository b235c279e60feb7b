/** Answers in the envelope of the Publication Tool, made up: for tests of the contract and for whoever tries a dataset. */
import type { Example } from '../../domain/dataset/example.ts';
import { dayAt, type Interval } from '../../domain/time/civil-day.ts';

export interface ExampleTable {
  readonly minutes: number;
  /** Columns with values of a delivery day. */
  columns(day: string): readonly string[];
  /** Near which the values lie. */
  readonly level: number;
}

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

function rowsOf({ minutes, columns, level }: ExampleTable, { startMs, endMs }: Interval): object[] {
  const step = minutes * 60_000;
  return Array.from({ length: (endMs - startMs) / step }, (_, i) => {
    const ms = startMs + i * step;
    const names = columns(dayAt(ms, 'Europe/Amsterdam'));
    const values = names.map((name, n) => [name, valueAt(level, ms / step, n)]);
    return { id: i + 1, dateTimeUtc: new Date(ms).toISOString(), ...Object.fromEntries(values) };
  });
}

/** Moves slowly through the day, and is another one in each column and on each day. */
function valueAt(level: number, step: number, column: number): number {
  return Math.round(level * (1 + 0.1 * Math.sin(step / 5 + column)) + (step % 89));
}

/** Rows shuffled, under new ids, as JAO sends a day that it has published again. */
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
