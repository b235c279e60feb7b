/** Two datasets that are pulled and one that is computed from them, for tests; and its definition once more, as SQL. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { computeDay } from '../../activities/derive/compute-day.ts';
import { planDerived } from '../../activities/derive/plan-derived.ts';
import { foldUnit } from '../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../activities/fold/lock-unit.ts';
import type { Catalog } from '../../datasets/catalog.ts';
import { catalogOf } from '../../datasets/catalog.ts';
import { type Database, transaction } from '../../db/connection/client.ts';
import { startRun } from '../../db/queries/days/runs.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { insertPayload } from '../../db/queries/payloads/payloads.ts';
import { defineDataset, type PulledDataset } from '../../domain/dataset/dataset.ts';
import type { DerivedPoints, PointDerive } from '../../domain/dataset/derive.ts';
import { combined, onGrid } from '../../domain/values/on-grid.ts';
import { type SampleRow, sampleBody, sampleDataset } from './sample-dataset.ts';

export const QUARTERS = sampleDataset({
  id: 'sample.quarters',
  resolution: [{ from: '2022-01-01', minutes: 15 }],
});
export const HOURS = sampleDataset({ id: 'sample.hours' });
export const DERIVED = 'sample.derived';

/** Quarters less the hour that they are in, and quarters less those of 24 hours before, where the day or the one before has these. */
const compute: PointDerive['compute'] = ({ starts, endMs, inputs: { quarters, hours } }) => {
  const now = onGrid(quarters?.get('a'), starts, endMs);
  const hourly = onGrid(hours?.get('b'), starts, endMs);
  const yesterdays = starts.map((ms) => ms - 86_400_000);
  const before = onGrid(quarters?.get('a'), yesterdays, endMs - 86_400_000);
  return starts.flatMap((startsAtMs, i) => {
    const gap = combined([now[i], hourly[i]], (quarter, hour) => quarter - hour);
    const moved = combined([now[i], before[i]], (quarter, earlier) => quarter - earlier);
    return [
      ...(gap === undefined ? [] : [{ series: 'gap', startsAtMs, value: gap }]),
      ...(moved === undefined ? [] : [{ series: 'moved', startsAtMs, value: moved }]),
    ];
  });
};

/** @param called after each unit that was computed, with its day. */
export function sampleDerived(
  called: (day: string) => void = () => {},
  changes: Partial<DerivedPoints> = {},
): DerivedPoints {
  const { pull: _, resolution: __, ...facts } = QUARTERS;
  return defineDataset<DerivedPoints>({
    ...facts,
    id: DERIVED,
    title: 'Sample that is computed',
    resolution: [{ from: '2022-01-01', minutes: 15 }],
    derive: {
      inputs: {
        quarters: { dataset: QUARTERS.id, days: { before: 1 } },
        hours: { dataset: HOURS.id },
      },
      compute: (unit) => {
        const points = compute(unit);
        called(unit.day);
        return points;
      },
    },
    ...changes,
  });
}

export const catalogWith = (derived: DerivedPoints): Catalog => catalogOf([QUARTERS, HOURS, derived]);

/** What the derived dataset must hold, by SQL alone. */
export const BY_DEFINITION = `
  with ready as (
    select distinct q.delivery_day from sample.quarters q join sample.hours h using (delivery_day)
  )
  select q.starts_at, 'gap' as series, q.value - h.value as value
  from sample.quarters q
  join sample.hours h on h.series = 'b' and h.starts_at = date_trunc('hour', q.starts_at)
  where q.series = 'a'
  union all
  select q.starts_at, 'moved', q.value - e.value
  from sample.quarters q
  join ready using (delivery_day)
  join sample.quarters e
    on e.series = 'a' and e.starts_at = q.starts_at - interval '24 hours' and e.delivery_day >= q.delivery_day - 1
  where q.series = 'a'
  order by starts_at, series`;

/** Brings a payload of an input, as a fetch does. */
export async function bring(
  database: Database,
  dataset: typeof QUARTERS,
  day: string,
  rows: readonly SampleRow[],
): Promise<void> {
  await bringBody(database, dataset, day, sampleBody(rows));
}

/** The same of whatever bytes. */
export async function bringBody(
  database: Database,
  dataset: PulledDataset,
  day: string,
  body: Uint8Array,
): Promise<void> {
  const packed = await packBody(Buffer.from(body));
  await transaction(database, async (sql) => {
    await lockUnit(sql, dataset, day);
    await insertPayload(sql, {
      ...{
        dataset: dataset.id,
        day,
        runId: null,
        fetchedAt: new Date(),
        url: 'test',
        status: 200,
        headers: {},
      },
      ...{ ...packed, batchResponseId: null },
    });
    await foldUnit(sql, dataset, day, {});
  });
}

/** What a poll and its runs do, without Temporal. @returns the units that were computed */
export async function poll(database: Database, catalog: Catalog, dataset: DerivedPoints): Promise<string[]> {
  const needs = { database, catalog, clock: { now: () => new Date(), rate: 1 } };
  const due = await planDerived(needs, dataset);
  for (const day of due) await runUnit(needs, dataset, day);
  return due.toSorted();
}

let runs = 0;

export async function runUnit(
  needs: Parameters<typeof computeDay>[0],
  dataset: DerivedPoints,
  day: string,
): Promise<void> {
  runs += 1;
  const run = { workflowId: `day:${dataset.id}:${day}`, runId: `run ${runs}`, trigger: 'schedule' as const };
  const about = { dataset: dataset.id, day, backfillId: null, startedAt: new Date() };
  const id = await startRun(needs.database, { ...run, ...about });
  await new MockActivityEnvironment({ workflowExecution: run }).run(() =>
    computeDay(needs, dataset, day, id),
  );
  await transaction(needs.database, async (sql) => {
    await lockUnit(sql, dataset, day);
    await foldUnit(sql, dataset, day, { requestedBy: run });
  });
}
