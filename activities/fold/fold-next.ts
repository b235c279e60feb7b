/** Folds the next step of a day: one that is newer than all that is folded. Part of the law of the fold. */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { markDecisionsFolded, type StoredDecision } from '../../db/queries/days/decisions.ts';
import { clearFindings, openBlocks } from '../../db/queries/days/findings.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { completenessInRollups, type DayCompleteness } from '../../db/queries/files/file-days.ts';
import type { FoldEntry } from '../../db/queries/payloads/payloads.ts';
import {
  clearClosed,
  clearCurrent,
  completenessOfDay,
  type DayScope,
  seriesOfDay,
} from '../../db/queries/points/observations.ts';
import { refreshRollups } from '../../db/queries/points/rollups.ts';
import { hasRollups, isPulledPoints } from '../../domain/dataset/dataset.ts';
import { isCountedByPayload, isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import { type DayState, stateOf } from '../../domain/days/ledger.ts';
import { isDeclaredAbsent } from '../../domain/interpret/decision.ts';
import { expectedPoints } from '../../domain/time/delivery-day.ts';
import { type DueOfDay, dueOfDay } from './due-of-day.ts';
import { foldDecisions } from './fold-decisions.ts';
import { type FoldedPayload, foldPayload } from './fold-payload.ts';
import { latest, type PlacedStep, type UsableByPart } from './fold-steps.ts';

/** What the tables hold of a day after some of its steps. */
export interface DaySoFar {
  readonly row: LedgerRow;
  /** Those that are folded, in that order. */
  readonly decisions: readonly StoredDecision[];
  /** The last usable payload of each part: the next one of the part is compared with it. */
  readonly usable: UsableByPart;
  /** The latest instant of what is folded; null when nothing is. */
  readonly foldedAt: Date | null;
  readonly changes: readonly Change[];
}

/** The change that brings what a step says of a payload. */
export type ChangeIdOf = (payloadId: number) => Promise<number>;

/** Folds a step that is newer than those before it. */
export async function foldNext(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  step: PlacedStep,
  before: DaySoFar,
  changeIdOf: ChangeIdOf,
): Promise<DaySoFar> {
  const { at, payload } = step;
  const folded = await foldStep(sql, dataset, scope, step, before, changeIdOf);
  const decisions = [...before.decisions, ...(step.decisions ?? [])];
  const usable = withPayload(before.usable, payload, folded.made);
  const completeness = isCounted(dataset, folded)
    ? await countedOn(sql, dataset, scope, before.row, folded)
    : await recounted(sql, dataset, scope, usable);
  const row = await assess(sql, dataset, scope, before.row, step.trueAt, decisions, completeness);
  return {
    row: advance(row, before.row, step, folded),
    ...{ decisions, foldedAt: latest([at, ...(before.foldedAt ? [before.foldedAt] : [])]) },
    usable,
    changes: [...before.changes, ...folded.changes],
  };
}

function withPayload(
  usable: UsableByPart,
  payload: FoldEntry | undefined,
  made: FoldedStep['made'],
): UsableByPart {
  if (!payload || !made || made.kind === 'refused') return usable;
  return new Map(usable).set(payload.part, { ...payload, ...made });
}

interface FoldedStep {
  readonly changes: readonly Change[];
  /** What a payload turned out to be, and what it did; undefined for decisions. */
  readonly made?: Pick<FoldEntry, 'kind' | 'contentSha256' | 'expectedPoints'> &
    Pick<FoldedPayload, 'quarantined' | 'valued' | 'touched'>;
}

async function foldStep(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { changeId: place, payload, decisions = [] }: PlacedStep,
  { decisions: earlier, usable }: DaySoFar,
  changeIdOf: ChangeIdOf,
): Promise<FoldedStep> {
  if (!payload) {
    const changes = await foldDecisions(sql, dataset, scope, decisions, earlier, changeIdOf);
    const ids = decisions.map(({ id }) => id);
    await markDecisionsFolded(sql, ids, place);
    return { changes };
  }
  const places = { place, changeId: await changeIdOf(payload.id) };
  const before = { usable: usable.get(payload.part), decisions: earlier };
  const { change, ...made } = await foldPayload(sql, dataset, scope, payload, places, before);
  return { changes: change ? [change] : [], made };
}

/** Undoes everything that was folded into a day. */
export async function resetDay(sql: Sql, scope: DayScope): Promise<void> {
  await clearCurrent(sql, scope);
  await clearClosed(sql, scope);
  await clearFindings(sql, scope);
}

/** The ledger's row after one more step. */
function advance(
  assessed: LedgerRow,
  before: LedgerRow,
  { at, payload }: PlacedStep,
  { changes, made }: FoldedStep,
): LedgerRow {
  const moved = changes.length > 0;
  return {
    ...assessed,
    revision: before.revision + (changes.some(({ kind }) => kind === 'revised') ? 1 : 0),
    firstPublishedAt: before.firstPublishedAt ?? (moved ? at : null),
    completedAt: assessed.state === 'complete' ? (before.completedAt ?? at) : null,
    lastChangedAt: moved ? at : before.lastChangedAt,
    payloadId: payload && made?.kind !== 'refused' ? payload.id : before.payloadId,
  };
}

/** How complete a day is, and what of it is quarantined. */
export interface Completeness extends DayCompleteness {
  readonly quarantinedPoints: number;
  /** Whether the last response was rejected. */
  readonly refused: boolean;
}

/** The state that follows from what is stored, judged at the instant of the source's last response. */
export async function assess(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  row: LedgerRow,
  trueAt: Date,
  decisions: readonly StoredDecision[],
  { published, refused, ...counts }: Completeness,
): Promise<LedgerRow> {
  const due = await dueOfDay(sql, dataset, scope, trueAt, counts);
  const isPast = due.at !== null && trueAt >= due.at;
  const state = stateOf({
    ...counts,
    publishedPoints: published,
    answerRefused: refused,
    deadlinePassed: isPulledPoints(dataset) && isPast,
    isInProgress: due.isInOtherFiles || (due.at !== null && !isPast),
    declaredAbsent: isDeclaredAbsent(decisions),
  });
  return { ...row, ...counts, state, ...soFar(state, due, counts.expectedPoints) };
}

/** What the ledger says of a day in progress. */
function soFar(
  state: DayState,
  { at, share }: DueOfDay,
  expected: number,
): Pick<LedgerRow, 'dueAt' | 'duePoints'> {
  if (state !== 'in_progress') return { dueAt: null, duePoints: null };
  return { dueAt: at, duePoints: Math.floor(share * expected) };
}

/** Whether a payload only adds to the counts: a stream's day is not read again for each payload. */
function isCounted(dataset: PointDataset, { made }: FoldedStep): boolean {
  if (dataset.silence !== 'nothing' || !isGridded(dataset) || isCountedByPayload(dataset)) return false;
  return made !== undefined && made.kind !== 'refused';
}

async function countedOn(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  row: LedgerRow,
  { made, changes }: FoldedStep,
): Promise<Completeness> {
  const { quarantined = 0, valued = 0, touched = [] } = made ?? {};
  if (hasRollups(dataset)) await refreshRollups(sql, scope, dataset.finestSeconds, touched);
  const presentPoints = row.presentPoints + valued;
  const isPublished = row.firstPublishedAt !== null || changes.length > 0;
  return {
    // All published points may be null.
    ...{ published: isPublished ? Math.max(1, presentPoints) : 0, presentPoints },
    expectedPoints: isGridded(dataset)
      ? expectedPoints(dataset, scope.day, await seriesOfDay(sql, scope))
      : presentPoints,
    quarantinedPoints: row.quarantinedPoints + quarantined,
    refused: isPulledPoints(dataset) && (await openBlocks(sql, scope)).refused,
  };
}

/** Counted from the tables. Where the dataset keeps rollups, they are updated first. */
export async function recounted(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  usable: UsableByPart,
): Promise<Completeness> {
  if (hasRollups(dataset)) await refreshRollups(sql, scope, dataset.finestSeconds);
  return await completenessOf(sql, dataset, scope, usable);
}

/** The same where the rollups are up to date. */
export async function completenessOf(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  usable: UsableByPart = new Map(),
): Promise<Completeness> {
  const { points: quarantinedPoints, refused } = await openBlocks(sql, scope);
  if (!isGridded(dataset))
    return { ...(await completenessInRollups(sql, scope)), quarantinedPoints, refused };
  const { published, points, series } = await completenessOfDay(sql, scope);
  const expected = isCountedByPayload(dataset)
    ? Math.max(published, expectedByPayloads(usable))
    : expectedPoints(dataset, scope.day, series);
  return { published, presentPoints: points, expectedPoints: expected, quarantinedPoints, refused };
}

function expectedByPayloads(usable: UsableByPart): number {
  return [...usable.values()].reduce((sum, { expectedPoints }) => sum + (expectedPoints ?? 0), 0);
}
