// Rows drawn from the model: a pure function of (seed, day, now). Days are kept in a bounded cache as text.
import { AHC_FIRST_DAY, type AhcBefore, bordersOn } from './borders.ts';
import { HOUR_MS, hoursOf } from './business-day.ts';
import { editionAt } from './publication.ts';
import { hashText, mix, unit } from './random.ts';
import type { RowSource } from './row-source.ts';
import { createRow, numberText, type Row } from './rows.ts';
import { seriesOf, valueMw } from './values.ts';

const MAX_CACHED_DAYS = 128;
const REVISED_BORDER_SHARE = 0.15;

/** What the generated data depends on. */
export interface GeneratedSourceOptions {
  readonly seed: number;
  readonly ahcBefore: AhcBefore;
  /** The share of days that are republished once or twice, 0 to 1. */
  readonly revisionShare: number;
}

/** A source whose days appear, and are sometimes republished, at instants given by the seed. */
export function createGeneratedSource(options: GeneratedSourceOptions): RowSource {
  const { seed, revisionShare } = options;
  const cache = new Map<string, readonly Row[]>();
  return {
    label: ['x-tidemark-simulator', `seed=${seed}`],
    description: 'generated values',
    rows(day, nowMs) {
      const edition = editionAt(seed, day, nowMs, revisionShare);
      if (edition === 0) return [];
      const key = `${day} ${edition}`;
      const rows = cache.get(key) ?? dayRows(options, day, edition);
      remember(cache, key, rows);
      return rows;
    },
  };
}

function dayRows({ seed, ahcBefore }: GeneratedSourceOptions, day: string, edition: number): Row[] {
  const hours = hoursOf(day);
  const columns = bordersOn(day, ahcBefore).map((border): [string, (number | null)[]] => {
    if (border.virtual && day < AHC_FIRST_DAY) return [border.key, hours.map(() => null)];
    const series = seriesOf(seed, border);
    const values = hours.map((startsAtMs) => valueMw(series, startsAtMs / HOUR_MS));
    for (let revision = 1; revision < edition; revision += 1) {
      revise(values, mix(mix(series.hash, hashText(day)), revision));
    }
    return [border.key, values];
  });
  return hours.map((startsAtMs, hour) =>
    createRow(
      startsAtMs,
      columns.map(([key, values]) => [key, numberText(values[hour] ?? null)]),
    ),
  );
}

/** Changes a run of 1 to 6 hours of a border by up to a fifth, or leaves the border alone, as the hash says. */
function revise(values: number[], hash: number): void {
  if (unit(hash) >= REVISED_BORDER_SHARE) return;
  const first = mix(hash, 1) % values.length;
  const last = Math.min(values.length - 1, first + (mix(hash, 2) % 6));
  const factor = 1 + (unit(mix(hash, 3)) - 0.5) * 0.4;
  for (let hour = first; hour <= last; hour += 1) {
    const before = values[hour] ?? 0;
    const after = Math.round(before * factor);
    values[hour] = after === before ? before + 1 : after;
  }
}

/** Puts a day at the young end of the cache and drops the oldest one when it is full. */
function remember(cache: Map<string, readonly Row[]>, key: string, rows: readonly Row[]): void {
  cache.delete(key);
  cache.set(key, rows);
  const oldest = cache.keys().next();
  if (cache.size > MAX_CACHED_DAYS && !oldest.done) cache.delete(oldest.value);
}
