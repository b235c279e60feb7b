/**
 * The law of the fold: what the tables hold for a day is a function of that day's payloads in order of `fetched_at`.
 * Folds whatever payloads of the day are not folded yet; when one of them is older than one that is, the day is taken
 * back and folded again from its first payload. Runs inside the caller's transaction, behind the day's lock.
 */

import type { Sql } from '../db/client.ts';
import type { Change } from '../db/queries/changes.ts';
import { clearFindings, openBlocks, supersedeAttempts } from '../db/queries/findings.ts';
import { type LedgerRow, readLedger, writeLedger } from '../db/queries/ledger.ts';
import { clearClosed, clearCurrent, type DayScope, presenceOfDay } from '../db/queries/observations.ts';
import { type FoldEntry, payloadsOfDay } from '../db/queries/payloads.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { deliveryInterval, expectedPoints, isLate } from '../domain/delivery-day.ts';
import { assertLegalTransition, stateOf } from '../domain/ledger.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { type FoldedPayload, foldPayload } from './fold-payload.ts';
import { publishChanges } from './publish-changes.ts';

/** What folding did to a day. */
export interface FoldResult {
  readonly ledger: LedgerRow;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
}

/** Who is folding, for the ledger. */
export interface Folder {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Brings a day's tables up to its payloads. The caller holds the day's lock (`lockDay`).
 * @param again take the day back and fold it from its first payload, whatever has been folded.
 */
export async function foldDay(
  sql: Sql,
  dataset: DatasetDefinition,
  day: CivilDay,
  by: Folder,
  again = false,
): Promise<FoldResult> {
  const scope: DayScope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
  const known = await readLedger(sql, dataset.id, day);
  const payloads = await payloadsOfDay(sql, dataset.id, day);
  const start = again ? { from: 0, again } : whereToStart(payloads);
  if (start.again) await takeBack(sql, scope);

  let row = start.again || !known ? emptyLedgerRow(dataset, day) : known;
  const changes: Change[] = [];
  for (const [index, payload] of payloads.entries()) {
    if (index < start.from) continue;
    const folded = await foldPayload(sql, dataset, scope, payload, previousContent(payloads.slice(0, index)));
    payloads[index] = { ...payload, kind: folded.kind, contentSha256: folded.contentSha256 };
    if (folded.change) changes.push(folded.change);
    row = advance(await assess(sql, dataset, scope, row, payload.lastSeenAt), row, payload, folded);
  }
  const heardAt = new Date(Math.max(...payloads.map(({ lastSeenAt }) => lastSeenAt.getTime())));
  await supersedeAttempts(sql, scope, heardAt);
  // Nothing new to fold: no point has moved, but the source was heard again, perhaps after the deadline.
  if (start.from === payloads.length) row = await assess(sql, dataset, scope, row, heardAt);
  row = { ...row, ...by, lastCheckedAt: heardAt, error: null };
  assertLegalTransition(known?.state, row.state);
  await writeLedger(sql, row);
  await publishChanges(sql, scope, changes, start.again);
  return { ledger: row, ...totals(changes) };
}

/** Folding goes on after the last folded payload, or starts again when an older one has turned up before it. */
function whereToStart(payloads: readonly FoldEntry[]): { from: number; again: boolean } {
  const firstPending = payloads.findIndex(({ kind }) => kind === null);
  if (firstPending === -1) return { from: payloads.length, again: false };
  const again = payloads.slice(firstPending).some(({ kind }) => kind !== null);
  return { from: again ? 0 : firstPending, again };
}

/** The content that the next payload is compared with: that of the last one that could be used. */
function previousContent(earlier: readonly FoldEntry[]): FoldEntry | undefined {
  return earlier.findLast(({ kind }) => kind !== 'refused');
}

async function takeBack(sql: Sql, scope: DayScope): Promise<void> {
  await clearCurrent(sql, scope);
  await clearClosed(sql, scope);
  await clearFindings(sql, scope);
}

/** The ledger's row after one more payload. */
function advance(
  assessed: LedgerRow,
  before: LedgerRow,
  payload: FoldEntry,
  { change, kind }: FoldedPayload,
): LedgerRow {
  return {
    ...assessed,
    revision: before.revision + (change?.kind === 'revised' ? 1 : 0),
    firstPublishedAt: before.firstPublishedAt ?? (change ? payload.fetchedAt : null),
    completedAt: assessed.state === 'complete' ? (before.completedAt ?? payload.fetchedAt) : null,
    lastChangedAt: change ? payload.fetchedAt : before.lastChangedAt,
    payloadId: kind === 'refused' ? before.payloadId : payload.id,
  };
}

/** Counts and state as they follow from what is in the tables now, judged at the instant the source was last heard. */
async function assess(
  sql: Sql,
  dataset: DatasetDefinition,
  scope: DayScope,
  row: LedgerRow,
  heardAt: Date,
): Promise<LedgerRow> {
  const presence = await presenceOfDay(sql, scope);
  const blocks = await openBlocks(sql, scope);
  const counts = {
    expectedPoints: expectedPoints(dataset, scope.day, presence.series),
    presentPoints: presence.points,
    quarantinedPoints: blocks.points,
  };
  const deadlinePassed = isLate(dataset, scope.day, heardAt.getTime());
  return {
    ...row,
    ...counts,
    state: stateOf({
      ...counts,
      publishedPoints: presence.published,
      answerRefused: blocks.refused,
      deadlinePassed,
    }),
  };
}

function totals(changes: readonly Change[]) {
  const sum = (pick: (change: Change) => number) =>
    changes.reduce((total, change) => total + pick(change), 0);
  return {
    newPoints: sum(({ newPoints }) => newPoints),
    revisedPoints: sum(({ revisedPoints }) => revisedPoints),
    nulledPoints: sum(({ nulledPoints }) => nulledPoints),
  };
}
