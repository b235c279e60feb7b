/** Reads what a unit is computed from, in one snapshot of the database: points, the payloads they came from, and what is still missing. */
import type { Catalog } from '../../datasets/catalog.ts';
import type { Sql } from '../../db/connection/client.ts';
import { ledgerRange } from '../../db/queries/days/ledger.ts';
import { inputChanges, inputColumns } from '../../db/queries/derived/input-points.ts';
import { inputRecords } from '../../db/queries/derived/input-records.ts';
import type { DerivedPoints, InputPoints, InputRecord } from '../../domain/dataset/derive.ts';
import { intervalSeconds, isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import { daysWithin, windowOfInput } from '../../domain/days/derived-units.ts';
import type { InputDay } from '../../domain/interpret/computed.ts';
import { stepOf } from '../../domain/lines/step.ts';
import type { CivilDay, Interval } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';

export interface ReadInputs {
  readonly points: Readonly<Record<string, InputPoints>>;
  readonly records: Readonly<Record<string, readonly InputRecord[]>>;
  readonly from: readonly InputDay[];
  /** A sentence for each input that has no data for the unit. */
  readonly waitsFor: readonly string[];
}

export async function readInputs(
  sql: Sql,
  catalog: Catalog,
  derived: DerivedPoints,
  unit: CivilDay,
): Promise<ReadInputs> {
  const read = {
    points: {} as Record<string, InputPoints>,
    records: {} as Record<string, readonly InputRecord[]>,
    from: [] as InputDay[],
    waitsFor: [] as string[],
  };
  const own = deliveryInterval(derived, unit);
  for (const [name, input] of Object.entries(derived.derive.inputs)) {
    const window = windowOfInput(derived, input, unit);
    if (input.until !== undefined) {
      const { records, days } = await inputRecords(sql, input.dataset, input.until, window);
      read.records[name] = records;
      read.from.push(...days.map((changes) => ({ name, dataset: input.dataset, ...changes })));
      continue;
    }
    const dataset = catalog.series(input.dataset);
    const series = await pointsOf(sql, dataset, window);
    if (!input.optional && !reaches(series, own)) read.waitsFor.push(await sayMissing(sql, dataset, own));
    read.points[name] = series;
    for (const changes of await inputChanges(sql, dataset.id, window))
      read.from.push({ name, dataset: dataset.id, ...changes });
  }
  return read;
}

async function pointsOf(sql: Sql, dataset: PointDataset, window: Interval): Promise<InputPoints> {
  const columns = await inputColumns(sql, dataset.id, window);
  return new Map(
    columns.map(({ series, startsAtMs, values }) => {
      const stepMs = lengthOf(dataset, startsAtMs, window);
      return [series, { startsAtMs, values, stepMs }];
    }),
  );
}

/** Length of the intervals: that of the definition if all series share it, else the most frequent distance. */
function lengthOf(dataset: PointDataset, startsAtMs: Float64Array, { startMs }: Interval): number {
  const finestMs = intervalSeconds(dataset, dayOf(dataset, startMs)) * 1_000;
  return isGridded(dataset) && !dataset.ownSteps ? finestMs : stepOf(startsAtMs, startMs, finestMs).stepMs;
}

const dayOf = (dataset: PointDataset, ms: number): CivilDay =>
  daysWithin(dataset, { startMs: ms, endMs: ms + 1 })[0] as CivilDay;

/** Whether anything lies in an interval. */
function reaches(points: InputPoints, { startMs, endMs }: Interval): boolean {
  return [...points.values()].some(({ startsAtMs }) => startsAtMs.some((ms) => ms >= startMs && ms < endMs));
}

async function sayMissing(sql: Sql, dataset: PointDataset, own: Interval): Promise<string> {
  const days = daysWithin(dataset, own);
  const rows = await ledgerRange(sql, dataset.id, days[0] as CivilDay, days.at(-1) as CivilDay);
  const states = days.map((day) => {
    const state = rows.find((row) => row.day === day)?.state;
    return state ? `${day} is ${state}` : `nothing is known of ${day}`;
  });
  return `waits for ${dataset.id}: ${states.join(', ')}`;
}
