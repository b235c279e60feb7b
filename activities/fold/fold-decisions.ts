/**
 * Folds what a person decided into the day: settles the findings it names and writes the points it releases, known from
 * that instant on. Part of the law of the fold (docs/decisions/0001).
 */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import type { StoredDecision } from '../../db/queries/days/decisions.ts';
import { settleStored } from '../../db/queries/days/quarantine.ts';
import { loadPayload } from '../../db/queries/payloads/payloads.ts';
import { type DayScope, foldPoints, type PointColumns } from '../../db/queries/points/observations.ts';
import { declaredSteps, type PointDataset } from '../../domain/dataset/points.ts';
import { settle } from '../../domain/interpret/decision.ts';
import type { Point } from '../../domain/interpret/interpret.ts';
import { changeOf } from './change-ids.ts';
import { interpretStored } from './interpret-stored.ts';
import { columns, ensureSeries } from './point-columns.ts';

const NONE: PointColumns = { seriesIds: [], afterStartMs: [], values: [], stepsSeconds: [] };

/**
 * @param decisions taken together, at one instant.
 * @param earlier those before them.
 * @param changeIdOf the change that brings what they release of a payload.
 */
export async function foldDecisions(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  decisions: readonly StoredDecision[],
  earlier: readonly StoredDecision[],
  changeIdOf: (payloadId: number) => Promise<number>,
): Promise<Change[]> {
  const idsOf = (verb: string) => decisions.filter((d) => d.verb === verb).map(({ id }) => id);
  await settleStored(sql, scope, idsOf('waive'), 'waive');
  const changes: Change[] = [];
  for (const payloadId of await settleStored(sql, scope, idsOf('release'), 'release')) {
    const points = await released(sql, dataset, payloadId, decisions, earlier);
    if (points.length === 0) continue;
    const change = await write(sql, dataset, scope, payloadId, await changeIdOf(payloadId), points);
    if (change) changes.push(change);
  }
  return changes;
}

async function released(
  sql: Sql,
  dataset: PointDataset,
  payloadId: number,
  decisions: readonly StoredDecision[],
  earlier: readonly StoredDecision[],
): Promise<Point[]> {
  const read = await interpretStored(sql, dataset, await loadPayload(sql, payloadId));
  const before = new Set(settle(read, earlier).points);
  return settle(read, [...earlier, ...decisions]).points.filter((point) => !before.has(point));
}

async function write(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  payloadId: number,
  changeId: number,
  points: readonly Point[],
): Promise<Change | undefined> {
  const series = await ensureSeries(sql, dataset, payloadId, points, []);
  // The fold covers only these points: all others of the day have not vanished.
  const folded = await foldPoints(sql, scope, changeId, columns(points, series, scope), NONE, {
    silence: 'nothing',
    part: '',
    keepsSteps: declaredSteps(dataset) === null,
  });
  return changeOf(scope, changeId, payloadId, folded);
}
