/** Folds the next step of a day: one that is newer than all that is folded. Part of the law of the fold. */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { markDecisionsFolded, type StoredDecision } from '../../db/queries/days/decisions.ts';
import { clearFindings, openBlocks } from '../../db/queries/days/findings.ts';
import { isLateAt } from '../../db/queries/days/holidays-around.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { type DayPresence, presenceInRollups } from '../../db/queries/files/file-days.ts';
import type { FoldEntry } from '../../db/queries/payloads/payloads.ts';
import {
  clearClosed,
  clearCurrent,
  type DayScope,
  presenceOfDay,
} from '../../db/queries/points/observations.ts';
import { refreshRollups } from '../../db/queries/points/rollups.ts';
import { hasRollups, isPulledPoints } from '../../domain/dataset/dataset.ts';
import { isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import { stateOf } from '../../domain/days/ledger.ts';
import { isDeclaredAbsent } from '../../domain/interpret/decision.ts';
import { expectedPoints } from '../../domain/time/delivery-day.ts';
import { foldDecisions } from './fold-decisions.ts';
import { foldPayload } from './fold-payload.ts';
import type { PlacedStep } from './fold-steps.ts';

/** What the tables hold of a day after some of its steps. */
export interface DaySoFar {
  readonly row: LedgerRow;
  /** Oldest first. */
  readonly past: readonly PlacedStep[];
  readonly changes: readonly Change[];
}

/** The change that brings what a step says of a payload. */
export type ChangeIdOf = (payloadId: number) => Promise<number>;

export const decisionsIn = (steps: readonly PlacedStep[]): StoredDecision[] =>
  steps.flatMap(({ decisions = [] }) => decisions);

/** Folds a step that is newer than those before it. */
export async function foldNext(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  step: PlacedStep,
  before: DaySoFar,
  changeIdOf: ChangeIdOf,
): Promise<DaySoFar> {
  const folded = await foldStep(sql, dataset, scope, step, before.past, changeIdOf);
  const past = [...before.past, withMade(step, folded.made)];
  const present = await presenceOf(sql, dataset, scope);
  const row = await assess(sql, dataset, scope, before.row, step.trueAt, decisionsIn(past), present);
  return {
    row: advance(row, before.row, step, folded),
    past,
    changes: [...before.changes, ...folded.changes],
  };
}

interface FoldedStep {
  readonly changes: readonly Change[];
  /** What a payload turned out to be. */
  readonly made?: Pick<FoldEntry, 'kind' | 'contentSha256'>;
}

async function foldStep(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { changeId: place, payload, decisions = [] }: PlacedStep,
  past: readonly PlacedStep[],
  changeIdOf: ChangeIdOf,
): Promise<FoldedStep> {
  const earlier = decisionsIn(past);
  if (!payload) {
    const changes = await foldDecisions(sql, dataset, scope, decisions, earlier, changeIdOf);
    const ids = decisions.map(({ id }) => id);
    await markDecisionsFolded(sql, ids, place);
    return { changes };
  }
  // The content that it is compared with is that of the last payload that could be used.
  const usable = past.findLast((step) => step.payload && step.payload.kind !== 'refused')?.payload;
  const places = { place, changeId: await changeIdOf(payload.id) };
  const { kind, contentSha256, change } = await foldPayload(sql, dataset, scope, payload, places, {
    usable,
    decisions: earlier,
  });
  return { changes: change ? [change] : [], made: { kind, contentSha256 } };
}

function withMade(step: PlacedStep, made: FoldedStep['made']): PlacedStep {
  return step.payload ? { ...step, payload: { ...step.payload, ...made } } : step;
}

/** Takes back everything that was folded into a day. */
export async function takeBack(sql: Sql, scope: DayScope): Promise<void> {
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

/** Counts and state as they follow from what is in the tables now, judged at the instant of the source's last response. */
export async function assess(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  row: LedgerRow,
  trueAt: Date,
  decisions: readonly StoredDecision[],
  { published, ...present }: DayPresence,
): Promise<LedgerRow> {
  const blocks = await openBlocks(sql, scope);
  const counts = { ...present, quarantinedPoints: blocks.points };
  const deadlinePassed = isPulledPoints(dataset) && (await isLateAt(sql, dataset, scope.day, trueAt));
  return {
    ...row,
    ...counts,
    state: stateOf({
      ...counts,
      publishedPoints: published,
      answerRefused: blocks.refused,
      deadlinePassed,
      declaredAbsent: isDeclaredAbsent(decisions),
    }),
  };
}

/** How much of a day is there. Where the dataset keeps rollups they are brought up to its values. */
export async function presenceOf(sql: Sql, dataset: PointDataset, scope: DayScope): Promise<DayPresence> {
  if (hasRollups(dataset)) await refreshRollups(sql, scope, dataset.finestSeconds);
  return await countedPresence(sql, dataset, scope);
}

/** The same, where the rollups are true already. */
export async function countedPresence(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
): Promise<DayPresence> {
  if (!isGridded(dataset)) return await presenceInRollups(sql, scope);
  const { published, points, series } = await presenceOfDay(sql, scope);
  return { published, presentPoints: points, expectedPoints: expectedPoints(dataset, scope.day, series) };
}
