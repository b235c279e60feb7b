/** Series of the days of a file: new ones are catalogued with the first day that has a valid point of theirs. */
import type { Sql } from '../../db/connection/client.ts';
import { addSeries, findSeries } from '../../db/queries/catalog/series.ts';
import type { PartPayload } from '../../db/queries/files/file-days.ts';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

export interface CataloguedSeries {
  readonly ids: ReadonlyMap<string, number>;
  /** By day: series that its payload brought first, ascending. */
  readonly firstOn: ReadonlyMap<CivilDay, readonly string[]>;
}

export async function cataloguedSeries(
  sql: Sql,
  dataset: FiledPoints,
  days: readonly { readonly read: DayRead; readonly payload: PartPayload }[],
): Promise<CataloguedSeries> {
  const bringers = new Map<string, PartPayload>();
  for (const { read, payload } of days) {
    for (const { series, values } of read.series)
      if (values.length > 0 && !bringers.has(series)) bringers.set(series, payload);
  }
  const names = [...bringers.keys()];
  const known = new Set((await findSeries(sql, dataset.id, names)).map(({ series }) => series));
  for (const { payload } of days) {
    const fresh = names.filter((name) => !known.has(name) && bringers.get(name) === payload);
    const rows = fresh.map((series) => ({ series, attributes: dataset.seriesAttributes(series) }));
    if (rows.length > 0) await addSeries(sql, dataset.id, payload.id, rows);
  }
  const rows = await findSeries(sql, dataset.id, names);
  const ids = new Map(rows.map(({ series, id }) => [series, id]));
  const firstOn = new Map<CivilDay, string[]>();
  for (const { payload } of days) {
    const first = rows.filter(({ firstPayloadId }) => firstPayloadId === payload.id);
    firstOn.set(payload.day, first.map(({ series }) => series).toSorted());
  }
  return { ids, firstOn };
}
