/**
 * The law of the fold: what the tables hold for a day is a function of that day's payloads and decisions in order of time.
 * Folds whatever is not folded yet; when something of it is older than what is, the day is taken back and folded again
 * from its beginning. Runs inside the caller's transaction, behind the day's lock.
 */

import type { Sql } from '../db/client.ts';
import { isLateAt } from '../db/holidays-around.ts';
import type { Change } from '../db/queries/changes.ts';
import { markDecisionsFolded } from '../db/queries/decisions.ts';
import { type DayPresence, presenceInRollups } from '../db/queries/file-days.ts';
import { clearFindings, openBlocks, supersedeAttempts } from '../db/queries/findings.ts';
import { type LedgerRow, readLedger, writeLedger } from '../db/queries/ledger.ts';
import { clearClosed, clearCurrent, type DayScope, presenceOfDay } from '../db/queries/observations.ts';
import type { FoldEntry } from '../db/queries/payloads.ts';
import { refreshRollups } from '../db/queries/rollups.ts';
import { isPolled, type SeriesDataset } from '../domain/any-dataset.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import { isDeclaredAbsent } from '../domain/decision.ts';
import { deliveryInterval, expectedPoints } from '../domain/delivery-day.ts';
import { assertLegalTransition, stateAfterFailure, stateOf } from '../domain/ledger.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { foldDecisions } from './fold-decisions.ts';
import { foldPayload } from './fold-payload.ts';
import { lastHeard, type Past, type Step, stepsOf, whereToStart } from './fold-steps.ts';
import { markLate } from './mark-late.ts';
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
  dataset: SeriesDataset,
  day: CivilDay,
  { askedBy, again = false }: FoldOptions,
): Promise<FoldResult> {
  const scope: DayScope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
  const known = await readLedger(sql, dataset.id, day);
  const steps = await stepsOf(sql, scope);
  const start = again ? { from: 0, again } : whereToStart(steps);
  if (start.again) await takeBack(sql, scope);

  const fresh = start.again || !known;
  let row = fresh ? { ...emptyLedgerRow(dataset, day), ...attemptOf(known) } : known;
  const changes: Change[] = [];
  const past: Past = { payloads: [], decisions: [] };
  for (const [index, step] of steps.entries()) {
    const folded = index < start.from ? undefined : await foldStep(sql, dataset, scope, step, past);
    remember(past, step, folded);
    if (!folded) continue;
    changes.push(...folded.changes);
    const present = await presenceOf(sql, dataset, scope);
    row = advance(await assess(sql, dataset, scope, row, step.trueAt, past, present), row, step, folded);
  }
  const heardAt = lastHeard(steps);
  if (heardAt) await supersedeAttempts(sql, scope, heardAt);
  // Nothing new to fold: no point has moved, but the source was heard again, perhaps after the deadline.
  const last = steps.at(-1);
  if (start.from === steps.length && last) {
    const present = await presenceOf(sql, dataset, scope);
    row = await assess(sql, dataset, scope, row, last.trueAt, past, present);
  }
  if (last && isPolled(dataset)) await markLate(sql, dataset, scope, row.state, last.trueAt);
  row = afterAttempt({ ...row, lastCheckedAt: heardAt ?? row.lastCheckedAt }, askedBy);
  // A day that is taken back on purpose begins anew: another decoder may see less in it.
  assertLegalTransition(again ? undefined : known?.state, row.state);
  await writeLedger(sql, row);
  if (steps.some(({ decisions, isFolded }) => decisions && !isFolded)) await markDecisionsFolded(sql, scope);
  await publishChanges(sql, scope, changes, start.again);
  return { ledger: row, ...totals(changes) };
}

interface FoldedStep {
  readonly changes: readonly Change[];
  /** What a payload turned out to be. */
  readonly made?: Pick<FoldEntry, 'kind' | 'contentSha256'>;
}

async function foldStep(
  sql: Sql,
  dataset: SeriesDataset,
  scope: DayScope,
  { payload, decisions = [] }: Step,
  past: Past,
): Promise<FoldedStep> {
  if (!payload) return { changes: await foldDecisions(sql, dataset, scope, decisions, past.decisions) };
  // The content that it is compared with is that of the last payload that could be used.
  const usable = past.payloads.findLast(({ kind }) => kind !== 'refused');
  const earlier = { usable, decisions: past.decisions };
  const { kind, contentSha256, change } = await foldPayload(sql, dataset, scope, payload, earlier);
  return { changes: change ? [change] : [], made: { kind, contentSha256 } };
}

function remember(past: Past, { payload, decisions = [] }: Step, folded: FoldedStep | undefined): void {
  if (payload) past.payloads.push({ ...payload, ...folded?.made });
  past.decisions.push(...decisions);
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

async function takeBack(sql: Sql, scope: DayScope): Promise<void> {
  await clearCurrent(sql, scope);
  await clearClosed(sql, scope);
  await clearFindings(sql, scope);
}

/** The ledger's row after one more step. */
function advance(
  assessed: LedgerRow,
  before: LedgerRow,
  { at, payload }: Step,
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

/** Counts and state as they follow from what is in the tables now, judged at the instant the source was last heard. */
export async function assess(
  sql: Sql,
  dataset: SeriesDataset,
  scope: DayScope,
  row: LedgerRow,
  trueAt: Date,
  { decisions }: Past,
  { published, ...present }: DayPresence,
): Promise<LedgerRow> {
  const blocks = await openBlocks(sql, scope);
  const counts = { ...present, quarantinedPoints: blocks.points };
  const deadlinePassed = isPolled(dataset) && (await isLateAt(sql, dataset, scope.day, trueAt));
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

/** Of a dataset that keeps rollups they are brought up to its values: they tell the points. */
async function presenceOf(sql: Sql, dataset: SeriesDataset, scope: DayScope): Promise<DayPresence> {
  if (!isPolled(dataset)) {
    await refreshRollups(sql, scope, dataset.finestSeconds);
    return await presenceInRollups(sql, scope);
  }
  const { published, points, series } = await presenceOfDay(sql, scope);
  return {
    published,
    presentPoints: points,
    expectedPoints: expectedPoints(dataset, scope.day, series),
  };
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
