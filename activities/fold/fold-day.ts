/**
 * The law of the fold: what the tables hold for a day is a function of that day's payloads and decisions in order of time, and of
 * the order in which they became known. Folds whatever is not folded yet. Runs inside the caller's transaction, behind the day's
 * lock.
 */

import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { supersedeAttempts } from '../../db/queries/days/findings.ts';
import { type LedgerRow, readLedger, writeLedger } from '../../db/queries/days/ledger.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { assertLegalTransition, stateAfterFailure } from '../../domain/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { markLate } from '../ingest/mark-late.ts';
import { type ChangeIds, changeIds } from './change-ids.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { foldLate, isLate } from './fold-late.ts';
import { assess, type DaySoFar, decisionsIn, foldNext, presenceOf, takeBack } from './fold-next.ts';
import { inOrderOfKnowledge, isFolded, lastHeard, type Step, stepsOf } from './fold-steps.ts';
import { publishChanges } from './publish-changes.ts';

/** What folding did to a day. */
export interface FoldResult {
  readonly ledger: LedgerRow;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  /** Of records: how many of what was folded are held back. */
  readonly held?: number;
}

/** The run that asked the source, for the ledger. */
export interface Asker {
  readonly workflowId: string;
  readonly runId: string;
}

export interface FoldOptions {
  /** Set when the source was asked; the ledger's last attempt stays as it was otherwise. */
  readonly askedBy?: Asker;
  /** Take the day back and fold it from its beginning, whatever has been folded. */
  readonly again?: boolean;
}

/** Brings a day's tables up to its payloads and decisions. The caller holds the day's lock (`lockDay`). */
export async function foldDay(
  sql: Sql,
  dataset: PointDataset,
  day: CivilDay,
  { askedBy, again = false }: FoldOptions,
): Promise<FoldResult> {
  const scope: DayScope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
  const known = await readLedger(sql, dataset.id, day);
  const steps = await stepsOf(sql, scope);
  const ids = await changeIds(sql, scope, steps, again);
  if (again) await takeBack(sql, scope);
  const fresh = { ...emptyLedgerRow(dataset, day), ...attemptOf(known) };
  const told = again ? [] : steps.filter(isFolded);
  const start: DaySoFar = { row: again || !known ? fresh : known, past: told, changes: [] };
  const { row, changes } = await foldSteps(sql, dataset, scope, { steps, start, fresh, ids, again });
  const heardAt = lastHeard(steps);
  if (heardAt) await supersedeAttempts(sql, scope, heardAt);
  const last = steps.at(-1);
  if (last && isPulledPoints(dataset)) await markLate(sql, dataset, scope, row.state, last.trueAt);
  const ledger = afterAttempt({ ...row, lastCheckedAt: heardAt ?? row.lastCheckedAt }, askedBy);
  // A day that is taken back on purpose begins anew: another decoder may see less in it.
  assertLegalTransition(again ? undefined : known?.state, ledger.state);
  await writeLedger(sql, ledger);
  await publishChanges(sql, changes, ids);
  return { ledger, ...totals(changes) };
}

interface Course {
  /** Of the day, oldest first. */
  readonly steps: readonly Step[];
  readonly start: DaySoFar;
  /** The ledger's row before anything was known. */
  readonly fresh: LedgerRow;
  readonly ids: ChangeIds;
  readonly again: boolean;
}

async function foldSteps(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { steps, start, fresh, ids, again }: Course,
): Promise<DaySoFar> {
  const todo = again ? inOrderOfKnowledge(steps) : steps.filter((step) => !isFolded(step));
  let soFar = start;
  for (const each of todo) {
    const step = await ids.placed(each);
    const changeIdOf = (payloadId: number) => ids.of(step, payloadId);
    soFar = isLate(step, soFar.past)
      ? await foldLate(sql, dataset, scope, step, soFar, { fresh, changeIdOf })
      : await foldNext(sql, dataset, scope, step, soFar, changeIdOf);
  }
  const last = steps.at(-1);
  // Nothing new to fold: no point has moved, but the source was asked again, perhaps after the deadline.
  if (!last || todo.at(-1) === last) return soFar;
  const present = await presenceOf(sql, dataset, scope);
  return {
    ...soFar,
    row: await assess(sql, dataset, scope, soFar.row, last.trueAt, decisionsIn(soFar.past), present),
  };
}

/** What the ledger says of the last attempt, which folding cannot know. */
export function attemptOf(known: LedgerRow | undefined): Partial<LedgerRow> {
  if (!known) return {};
  const { error, workflowId, runId, lastCheckedAt } = known;
  return { error, workflowId, runId, lastCheckedAt };
}

/** Whoever asked the source has cleared the error; otherwise the last attempt still counts. */
export function afterAttempt(row: LedgerRow, askedBy: Asker | undefined): LedgerRow {
  if (askedBy) return { ...row, ...askedBy, error: null };
  if (row.state === 'absent') return { ...row, error: null };
  return row.error === null ? row : { ...row, state: stateAfterFailure(row.state) };
}

export function totals(changes: readonly Change[]) {
  const sum = (pick: (change: Change) => number) =>
    changes.reduce((total, change) => total + pick(change), 0);
  return {
    newPoints: sum(({ newPoints }) => newPoints),
    revisedPoints: sum(({ revisedPoints }) => revisedPoints),
    nulledPoints: sum(({ nulledPoints }) => nulledPoints),
  };
}
