/**
 * Folds what a person decided into the day: settles the findings it names and writes the points it releases, known from
 * that instant on. Part of the law of the fold (docs/decisions/0014).
 */
import type { Sql } from '../db/client.ts';
import type { Change } from '../db/queries/changes.ts';
import type { StoredDecision } from '../db/queries/decisions.ts';
import { type DayScope, foldPoints, type PointColumns } from '../db/queries/observations.ts';
import { loadPayload } from '../db/queries/payloads.ts';
import { settleStored } from '../db/queries/quarantine.ts';
import type { SeriesDataset } from '../domain/any-dataset.ts';
import { settle } from '../domain/decision.ts';
import type { Point } from '../domain/interpret.ts';
import { changeOf } from './change-of.ts';
import { interpretStored } from './interpret-stored.ts';
import { columns, ensureSeries } from './point-columns.ts';

const NONE: PointColumns = { seriesIds: [], afterStartMs: [], values: [] };

/**
 * @param decisions taken together, at one instant.
 * @param earlier those before them.
 */
export async function foldDecisions(
  sql: Sql,
  dataset: SeriesDataset,
  scope: DayScope,
  decisions: readonly StoredDecision[],
  earlier: readonly StoredDecision[],
): Promise<Change[]> {
  const idsOf = (verb: string) => decisions.filter((d) => d.verb === verb).map(({ id }) => id);
  await settleStored(sql, scope, idsOf('waive'), 'waive');
  const changes: Change[] = [];
  for (const payloadId of await settleStored(sql, scope, idsOf('release'), 'release')) {
    const change = await writeReleased(sql, dataset, scope, payloadId, decisions, earlier);
    if (change) changes.push(change);
  }
  return changes;
}

async function writeReleased(
  sql: Sql,
  dataset: SeriesDataset,
  scope: DayScope,
  payloadId: number,
  decisions: readonly StoredDecision[],
  earlier: readonly StoredDecision[],
): Promise<Change | undefined> {
  const read = await interpretStored(sql, dataset, await loadPayload(sql, payloadId));
  const before = new Set(settle(read, earlier).points);
  const released = settle(read, [...earlier, ...decisions]).points.filter((point) => !before.has(point));
  if (released.length === 0) return undefined;
  const at = decisions[0]?.decidedAt as Date;
  return await write(sql, dataset, scope, payloadId, at, released);
}

async function write(
  sql: Sql,
  dataset: SeriesDataset,
  scope: DayScope,
  payloadId: number,
  at: Date,
  points: readonly Point[],
): Promise<Change | undefined> {
  const series = await ensureSeries(sql, dataset, payloadId, points, []);
  const payload = { id: payloadId, fetchedAt: at };
  // Only these points are spoken of: all others of the day have not vanished.
  const folded = await foldPoints(sql, scope, payload, columns(points, series, scope), NONE);
  return changeOf(scope, payloadId, at, folded);
}
