/**
 * Days without earlier data: their valid points go by COPY into the current values, and everything else is written as the fold would write
 * it. Invariant of this module: a rebuild of such a day changes nothing.
 */

import type { Sql } from '../../db/connection/client.ts';
import { appendChanges, type Change, nextChangeIds } from '../../db/queries/answers/changes.ts';
import { insertFindings } from '../../db/queries/days/findings.ts';
import { writeLedger } from '../../db/queries/days/ledger.ts';
import { insertParts, type PartPayload } from '../../db/queries/files/file-days.ts';
import type { StoredLoad } from '../../db/queries/files/loads.ts';
import { sha256 as sha256Of } from '../../db/queries/payloads/payload-body.ts';
import { copyPoints, type PointsToCopy } from '../../db/queries/points/copy-points.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { insertRollups } from '../../db/queries/points/rollups.ts';
import { declaredSteps, type FiledPoints } from '../../domain/dataset/points.ts';
import { type DaysOfFile, type LoadedRange, NOTHING_LOADED } from '../../domain/files/load.ts';
import { settleFindings } from '../../domain/interpret/decision.ts';
import { canonicalOf } from '../../domain/lines/canonical.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import { rollupOf } from '../../domain/lines/rollup.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { emptyLedgerRow } from '../fold/empty-ledger-row.ts';
import { assess, completenessOf } from '../fold/fold-next.ts';
import { newSeries } from '../fold/fold-payload.ts';
import type { Requester } from '../fold/fold-unit.ts';
import { cataloguedSeries } from './catalogued-series.ts';

export interface DayToWrite {
  readonly read: DayRead;
  /** Hash of the day's bytes. */
  readonly sha256: Buffer;
}

interface FreshDay extends DayToWrite {
  readonly payload: PartPayload;
  readonly changeId: number;
}

/** Writes days without earlier data. The caller holds their locks. */
export async function writeFreshDays(
  sql: Sql,
  dataset: FiledPoints,
  load: StoredLoad,
  range: DaysOfFile,
  days: readonly DayToWrite[],
  run: Requester,
): Promise<LoadedRange> {
  if (days.length === 0) return NOTHING_LOADED;
  const fresh = await storeParts(sql, dataset, load, range, days);
  const { ids, firstOn } = await cataloguedSeries(sql, dataset, fresh);
  await copyPoints(sql, dataset.id, pointsOf(fresh, ids), declaredSteps(dataset) === null);
  await insertRollups(sql, dataset.id, rollupsOf(dataset, fresh, ids));
  const states: Record<string, number> = {};
  for (const day of fresh) {
    await writeFindings(sql, dataset, day, firstOn.get(day.read.day) ?? []);
    const state = await writeRow(sql, dataset, day, run);
    states[state] = (states[state] ?? 0) + 1;
  }
  await appendChanges(
    sql,
    fresh.flatMap((day) => changeOf(dataset, day)),
  );
  return {
    ...NOTHING_LOADED,
    newPoints: fresh.reduce((sum, { read }) => sum + pointsIn(read), 0),
    days: states,
  };
}

async function storeParts(
  sql: Sql,
  dataset: FiledPoints,
  { loadId, name, registeredAt }: StoredLoad,
  { firstDay, lastDay }: DaysOfFile,
  days: readonly DayToWrite[],
): Promise<FreshDay[]> {
  const ids = await nextChangeIds(sql, days.length);
  const parts = days.map(({ read, sha256 }, index) => {
    const { day, byteFrom, byteTo, firstLine } = read;
    const contentSha256 = sha256Of(canonicalOf(read));
    const folded = { kind: 'points' as const, contentSha256, changeId: ids[index] as number };
    return { day, byteFrom, byteTo, firstLine, sha256, folded };
  });
  const about = { dataset: dataset.id, loadId, name, firstDay, lastDay };
  const payloads = await insertParts(sql, about, registeredAt, dataset.decoderVersion, parts);
  const byDay = new Map(payloads.map((payload) => [payload.day, payload]));
  return days.map((day, index) => ({
    ...day,
    payload: byDay.get(day.read.day) as PartPayload,
    changeId: ids[index] as number,
  }));
}

function* pointsOf(days: readonly FreshDay[], ids: ReadonlyMap<string, number>): Generator<PointsToCopy> {
  for (const { read, changeId } of days) {
    for (const { series, startsAtMs, values, establishedMs } of read.series) {
      const seriesId = ids.get(series);
      const stepSeconds = establishedMs === undefined ? null : establishedMs / 1_000;
      // A series whose every point is quarantined is not catalogued.
      if (seriesId !== undefined)
        yield { seriesId, day: read.day, changeId, startsAtMs, values, stepSeconds };
    }
  }
}

function rollupsOf(dataset: FiledPoints, days: readonly FreshDay[], ids: ReadonlyMap<string, number>) {
  return days.flatMap(({ read }) =>
    read.series.flatMap((series) => {
      const seriesId = ids.get(series.series);
      const rollup = rollupOf(series, deliveryInterval(dataset, read.day), dataset.finestSeconds);
      return seriesId === undefined || !rollup ? [] : [{ ...rollup, seriesId, deliveryDay: read.day }];
    }),
  );
}

async function writeFindings(
  sql: Sql,
  dataset: FiledPoints,
  { read, payload }: FreshDay,
  fresh: readonly string[],
): Promise<void> {
  const findings = settleFindings([...read.findings, ...newSeries(fresh)], []);
  await insertFindings(sql, { dataset: dataset.id, day: read.day }, payload.id, payload.fetchedAt, findings);
}

async function writeRow(
  sql: Sql,
  dataset: FiledPoints,
  { read, payload }: FreshDay,
  run: Requester,
): Promise<string> {
  const { day } = read;
  const scope: DayScope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
  const at = payload.fetchedAt;
  const completeness = await completenessOf(sql, dataset, scope);
  const row = await assess(sql, dataset, scope, emptyLedgerRow(dataset, day), at, [], completeness);
  const moved = pointsIn(read) > 0;
  await writeLedger(sql, {
    ...row,
    ...run,
    firstPublishedAt: moved ? at : null,
    completedAt: row.state === 'complete' ? at : null,
    lastChangedAt: moved ? at : null,
    lastCheckedAt: at,
    payloadId: payload.id,
  });
  return row.state;
}

function changeOf({ id: dataset }: FiledPoints, { read, payload, changeId: id }: FreshDay): Change[] {
  const newPoints = pointsIn(read);
  if (newPoints === 0) return [];
  const nothing = { revisedPoints: 0, nulledPoints: 0, largestDifference: null };
  return [{ id, dataset, day: read.day, payloadId: payload.id, kind: 'published', newPoints, ...nothing }];
}

function pointsIn({ series }: DayRead): number {
  return series.reduce((sum, { values }) => sum + values.length, 0);
}
