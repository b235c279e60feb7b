// Rows drawn from the model: a pure function of (seed, table, day, now). Days are kept in a bounded cache as text.
import type { AhcBefore } from './borders.ts';
import { dayEndMs, dayStartMs } from './business-day.ts';
import { LONG_TABLES, longTableRows } from './long-tables.ts';
import { editionsAt, firstEditionAt } from './publication.ts';
import { hashText, mix, unit } from './random.ts';
import type { RowSource, TableRows } from './row-source.ts';
import { createRow, numberText, type Row } from './rows.ts';
import { FIRST_TABLE, TABLES, type Table } from './tables.ts';

const MAX_CACHED_DAYS = 128;
const REVISED_SHARE = 0.15;

/** What the generated data depends on. */
export interface GeneratedSourceOptions {
  readonly seed: number;
  readonly ahcBefore: AhcBefore;
  /** The share of days that are republished once or twice, 0 to 1. */
  readonly revisionShare: number;
}

/** A source whose days appear, and are sometimes republished, at instants given by the seed. */
export function createGeneratedSource(options: GeneratedSourceOptions): RowSource {
  const cache = new Map<string, readonly Row[]>();
  return {
    label: ['x-tidemark-simulator', `seed=${options.seed}`],
    description: 'generated values',
    tables: [
      ...TABLES.map((table) => generatedTable(options, table, cache)),
      ...LONG_TABLES.map((table) => longTableRows(options.seed, table)),
    ],
  };
}

/** Each table has days and values of its own; the seed as it was given is that of the first. */
function generatedTable(
  options: GeneratedSourceOptions,
  table: Table,
  cache: Map<string, readonly Row[]>,
): TableRows {
  const seed = table.name === FIRST_TABLE ? options.seed : mix(options.seed, hashText(table.name));
  return {
    name: table.name,
    publishedAtMs: (day) => firstEditionAt(seed, day, table),
    rows(day, nowMs) {
      const editions = editionsAt(seed, day, nowMs, options.revisionShare, table);
      if (editions.length === 0) return [];
      const key = `${table.name} ${day} ${editions.length}`;
      const rows = cache.get(key) ?? dayRows({ ...options, seed }, table, day, editions);
      remember(cache, key, rows);
      return rows;
    },
  };
}

/** @param editions instants at which the day was published */
function dayRows(
  { seed, ahcBefore }: GeneratedSourceOptions,
  table: Table,
  day: string,
  editions: readonly number[],
): Row[] {
  const stepMs = table.minutesOn(day) * 60_000;
  const starts = startsOf(day, stepMs);
  const columns = table.columnsOn(day, ahcBefore).map(({ key, valueAt }): [string, (number | null)[]] => {
    if (!valueAt) return [key, starts.map(() => null)];
    const values = starts.map(valueAt(seed));
    for (let revision = 1; revision < editions.length; revision += 1) {
      revise(values, mix(mix(mix(seed, hashText(key)), hashText(day)), revision));
    }
    return [key, values];
  });
  const textOf = table.plainNumbers ? String : numberText;
  const when = table.saysWhen ? [lastModified(editions.at(-1) ?? 0)] : [];
  return starts.map((startsAtMs, at) => {
    const values = columns.map(([key, values]): [string, string] => [key, textOf(values[at] ?? null)]);
    return createRow(startsAtMs, [...when, ...values], stepMs);
  });
}

/** As the publisher writes it: UTC without saying so. */
function lastModified(atMs: number): [string, string] {
  return ['lastModifiedOn', `"${new Date(atMs).toISOString().replace('Z', '')}"`];
}

function startsOf(day: string, stepMs: number): number[] {
  const startMs = dayStartMs(day);
  return Array.from({ length: (dayEndMs(day) - startMs) / stepMs }, (_, at) => startMs + at * stepMs);
}

/** Changes a run of 1 to 6 intervals of a column by up to a fifth, or leaves the column alone, as the hash says. */
function revise(values: number[], hash: number): void {
  if (unit(hash) >= REVISED_SHARE) return;
  const first = mix(hash, 1) % values.length;
  const last = Math.min(values.length - 1, first + (mix(hash, 2) % 6));
  const factor = 1 + (unit(mix(hash, 3)) - 0.5) * 0.4;
  for (let at = first; at <= last; at += 1) {
    const before = values[at] ?? 0;
    const after = Math.round(before * factor);
    values[at] = after === before ? before + 1 : after;
  }
}

/** Puts a day at the young end of the cache and drops the oldest one when it is full. */
function remember(cache: Map<string, readonly Row[]>, key: string, rows: readonly Row[]): void {
  cache.delete(key);
  cache.set(key, rows);
  const oldest = cache.keys().next();
  if (cache.size > MAX_CACHED_DAYS && !oldest.done) cache.delete(oldest.value);
}
