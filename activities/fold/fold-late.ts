/**
 * Folds a step that is older than what is folded: after a restored backup, or an answer that was stored late. The day is folded again in
 * order of time to learn what it should hold now; published history stays as it was, and every difference is known from now on. Part of the
 * law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import { type Change, nextChangeIds } from '../../db/queries/answers/changes.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import {
  clearClosed,
  clearCurrent,
  type DayScope,
  insertStoredPoints,
  type StoredPoint,
  storedPoints,
} from '../../db/queries/points/observations.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { changeOf } from './change-ids.ts';
import { type ChangeIdOf, type DaySoFar, foldNext, resetDay } from './fold-next.ts';
import { inOrderOfTime, type PlacedStep } from './fold-steps.ts';

/** Whether something newer is folded already. */
export function isLate({ at }: PlacedStep, { foldedAt }: DaySoFar): boolean {
  return foldedAt !== null && foldedAt > at;
}

/** What a late step needs to know of its day. */
export interface LateStep {
  /** All steps that are folded. */
  readonly past: readonly PlacedStep[];
  /** The ledger's row before anything was known. */
  readonly fresh: LedgerRow;
  readonly changeIdOf: ChangeIdOf;
}

export async function foldLate(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  step: PlacedStep,
  before: DaySoFar,
  { past, fresh, changeIdOf }: LateStep,
): Promise<DaySoFar> {
  const stored = await storedPoints(sql, scope);
  await resetDay(sql, scope);
  const ordered = await foldInOrder(sql, dataset, scope, [...past, step], fresh);
  const now = (await storedPoints(sql, scope)).filter(({ closedBy }) => closedBy === null);
  const { points, changes } = await reconcile(scope, stored, now, ordered.changes, changeIdOf);
  await clearCurrent(sql, scope);
  await clearClosed(sql, scope);
  await insertStoredPoints(sql, scope, points);
  return { ...ordered, changes: [...before.changes, ...changes] };
}

/** Each under a temporary change that is never published. */
async function foldInOrder(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  steps: readonly PlacedStep[],
  fresh: LedgerRow,
): Promise<DaySoFar> {
  let soFar: DaySoFar = { row: fresh, decisions: [], usable: new Map(), foldedAt: null, changes: [] };
  const unseen = async () => (await nextChangeIds(sql, 1))[0] as number;
  for (const step of inOrderOfTime(steps)) soFar = await foldNext(sql, dataset, scope, step, soFar, unseen);
  return soFar;
}

interface Reconciled {
  readonly points: readonly StoredPoint[];
  readonly changes: readonly Change[];
}

/**
 * The published history plus what differs now: one change for each payload that contributes.
 * @param now the current values as they were folded in order, each by one of `folded`.
 */
async function reconcile(
  scope: DayScope,
  stored: readonly StoredPoint[],
  now: readonly StoredPoint[],
  folded: readonly Change[],
  changeIdOf: ChangeIdOf,
): Promise<Reconciled> {
  const current = new Map(stored.filter(isCurrent).map((point) => [placeOf(point), point]));
  const points = stored.filter((point) => !isCurrent(point));
  const changes: Change[] = [];
  const isUnchanged = (point: StoredPoint) => {
    const before = current.get(placeOf(point));
    return before?.value === point.value && before.stepSeconds === point.stepSeconds;
  };
  points.push(...now.filter(isUnchanged).map((point) => current.get(placeOf(point)) as StoredPoint));
  const others = now.filter((point) => !isUnchanged(point));
  for (const { id, payloadId } of folded) {
    const moved = others.filter((point) => point.changeId === id);
    if (payloadId === null || moved.length === 0) continue;
    const changeId = await changeIdOf(payloadId);
    const replaced = moved.flatMap((point) => current.get(placeOf(point)) ?? []);
    points.push(...replaced.map((point) => ({ ...point, closedBy: changeId })));
    points.push(...moved.map((point) => ({ ...point, changeId })));
    const change = changeOf(scope, changeId, payloadId, effectOf(moved, current));
    if (change) changes.push(change);
  }
  return { points, changes };
}

const isCurrent = ({ closedBy }: StoredPoint) => closedBy === null;
const placeOf = ({ seriesId, startsAtMs }: StoredPoint) => `${seriesId} ${startsAtMs}`;

function effectOf(moved: readonly StoredPoint[], before: ReadonlyMap<string, StoredPoint>) {
  const pairs = moved.map(({ value, ...point }) => ({
    value,
    old: before.get(placeOf({ value, ...point })),
  }));
  const replaced = pairs.filter(({ old }) => old !== undefined);
  const differences = replaced.flatMap(({ value, old }) =>
    value === null || old?.value == null ? [] : [Math.abs(value - old.value)],
  );
  return {
    newPoints: pairs.length - replaced.length,
    revisedPoints: replaced.filter(({ value }) => value !== null).length,
    nulledPoints: replaced.filter(({ value }) => value === null).length,
    largestDifference: differences.length > 0 ? Math.max(...differences) : null,
  };
}
