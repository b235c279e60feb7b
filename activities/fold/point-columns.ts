/** Points as the SQL of the fold takes them: series by catalogue id, catalogued with their first valid point. */
import type { Sql } from '../../db/connection/client.ts';
import { addSeries, findSeries, type SeriesRow } from '../../db/queries/catalog/series.ts';
import type { DayScope, PointColumns } from '../../db/queries/points/observations.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { Point } from '../../domain/interpret/interpret.ts';

/** A point that may have no value to write. */
export type Place = { readonly series: string; readonly startsAtMs: number };

/**
 * The catalogue rows of a payload's series. New ones are accepted and catalogued once they have a valid point; a series whose points are
 * all blocked is not.
 */
export async function ensureSeries(
  sql: Sql,
  dataset: PointDataset,
  payloadId: number,
  points: readonly Point[],
  blocked: readonly Place[],
): Promise<Map<string, SeriesRow>> {
  const good = new Set(points.map(({ series }) => series));
  const all = [...new Set([...good, ...blocked.map(({ series }) => series)])];
  let known = await findSeries(sql, dataset.id, all);
  const names = new Set(known.map(({ series }) => series));
  const fresh = [...good].filter((series) => !names.has(series));
  if (fresh.length > 0) {
    const rows = fresh.map((series) => ({ series, attributes: dataset.seriesAttributes(series) }));
    await addSeries(sql, dataset.id, payloadId, rows);
    known = await findSeries(sql, dataset.id, all);
  }
  return new Map(known.map((row) => [row.series, row]));
}

export function columns(
  places: readonly (Place & Partial<Pick<Point, 'value' | 'stepMs'>>)[],
  series: ReadonlyMap<string, SeriesRow>,
  { interval }: DayScope,
): PointColumns {
  const columns = {
    seriesIds: [] as number[],
    afterStartMs: [] as number[],
    values: [] as (number | null)[],
    stepsSeconds: [] as (number | null)[],
  };
  for (const { series: name, startsAtMs, value, stepMs } of places) {
    const id = series.get(name)?.id;
    // A series not in the catalogue cannot be in the tables.
    if (id === undefined) continue;
    columns.seriesIds.push(id);
    columns.afterStartMs.push(startsAtMs - interval.startMs);
    columns.values.push(value ?? null);
    columns.stepsSeconds.push(stepMs === undefined ? null : stepMs / 1_000);
  }
  return columns;
}
