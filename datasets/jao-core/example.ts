/** Made-up answers in the envelope of the Publication Tool, made from definitions: for contract tests and for trying out a dataset. */

import type { Example } from '../../domain/dataset/example.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { RecordField } from '../../domain/dataset/records.ts';
import { type CivilDay, dayAt, dayInterval, type Interval } from '../../domain/time/civil-day.ts';
import { exampleOf } from '../../kit/decode/example.ts';
import { rowsOf } from './envelope.ts';

/** The source answers windows of at most 48 hours. */
const WIDEST_HOURS = 48;
const HOUR_MS = 3_600_000;
const ZONE = 'Europe/Amsterdam';

/** The definition of a table of points with its example. @param series names of its columns on a delivery day */
export function withExample(dataset: PulledPoints, series: (day: CivilDay) => readonly string[]) {
  const example: Example = {
    ...exampleOf(dataset, { series }),
    windowOf: ({ query }) => ({
      startMs: Date.parse(query.FromUtc ?? ''),
      endMs: Date.parse(query.ToUtc ?? ''),
    }),
    widestHours: WIDEST_HOURS,
    retell,
  };
  return { ...dataset, example };
}

/** What an example of a table of records is made from. */
interface TableOfRecords {
  /** The column with the start of a row. */
  readonly time: string;
  /** Columns that identify a row. */
  readonly identity: readonly string[];
  readonly fields: readonly RecordField[];
  /** Whether rows are those of a day, at its start; else of an hour. */
  readonly isDaily: boolean;
}

/** Four rows at a time, two of which differ only in their content. */
export function exampleOfRecords({ time, identity, fields, isDaily }: TableOfRecords): Example {
  const rowAt = (ms: number, n: number, i: number) =>
    Object.fromEntries([
      ...[...new Set([...fields.map(({ name }) => camel(name)), ...identity])].map((column) => {
        const type = fields.find(({ name }) => camel(name) === column)?.type ?? 'text';
        return [column, identity.includes(column) ? `${column} ${n}` : cellOf(type, ms, i)];
      }),
      ['id', i],
      [time, new Date(ms).toISOString()],
    ]);
  const isStart = (ms: number) => !isDaily || dayInterval(dayAt(ms, ZONE), ZONE).startMs === ms;
  return {
    answer: (window) =>
      rowsOf(
        hoursOf(window)
          .filter(isStart)
          .flatMap((ms) => [0, 1, 2, 2].map((n, i) => rowAt(ms, n, i))),
      ),
    widestHours: WIDEST_HOURS,
    retell,
  };
}

function hoursOf({ startMs, endMs }: Interval): number[] {
  return Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, i) => startMs + i * HOUR_MS);
}

function cellOf(type: RecordField['type'], ms: number, i: number): string | number {
  if (type === 'number') return ((ms / HOUR_MS) % 50) + i;
  return type === 'instant' ? new Date(ms + i).toISOString() : `text ${i}`;
}

/** `cont_name` as `contName`. */
function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Rows shuffled, under new ids, as JAO sends a republished day. */
function retell(body: Uint8Array, draw: (n: number) => number): Uint8Array {
  const envelope: unknown = JSON.parse(new TextDecoder().decode(body));
  const rows = (envelope as { data?: unknown } | null)?.data;
  if (!Array.isArray(rows)) return body;
  const rest: unknown[] = [...rows];
  const shuffled = rows.flatMap(() => rest.splice(draw(rest.length), 1));
  return rowsOf(shuffled.map((row) => (isObject(row) ? { ...row, id: draw(1e6) } : row)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
