/**
 * The law of the fold for records: what the tables hold for a unit of work is a function of its payloads and decisions in
 * the order in which they became known. Folds what is not folded yet, without looking at what is. Where an answer says all there
 * is of its unit, one that is older than what is folded says nothing any more. Runs inside the caller's transaction, behind the
 * unit's lock.
 */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { decisionsOfDay, markDecisionsFolded, type StoredDecision } from '../../db/queries/days/decisions.ts';
import {
  clearFindings,
  insertFindings,
  openBlocks,
  supersedeAttempts,
  supersedeEarlier,
  supersedeRefusals,
} from '../../db/queries/days/findings.ts';
import { type LedgerRow, readLedger, writeLedger } from '../../db/queries/days/ledger.ts';
import { settleStored } from '../../db/queries/days/quarantine.ts';
import { bodyOf, sha256 } from '../../db/queries/payloads/payload-body.ts';
import {
  type FoldEntry,
  loadPayload,
  markFolded,
  payloadsOfDay,
  pendingPayloads,
  touchPayload,
} from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { clearUnit } from '../../db/queries/records/records.ts';
import { type RecordDataset, unitInterval } from '../../domain/dataset/records.ts';
import { assertLegalTransition, stateOf } from '../../domain/days/ledger.ts';
import { isDeclaredAbsent, settleFindings } from '../../domain/interpret/decision.ts';
import { interpretRecords, type RecordInterpretation } from '../../domain/interpret/interpret-records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { changeIds } from './change-ids.ts';
import { changeOf } from './change-of.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { afterAttempt, attemptOf, type FoldOptions, type FoldResult, totals } from './fold-day.ts';
import { foldRemarks } from './fold-remarks.ts';
import { foldSnapshot } from './fold-snapshot.ts';
import { inOrderOfKnowledge, type Step, stepOfPayload, stepsOfDecisions } from './fold-steps.ts';
import { foldUpsert, takeBackUpserts } from './fold-upsert.ts';
import { publishChanges } from './publish-changes.ts';
import { NO_EFFECT, type RecordEffects } from './record-effects.ts';
import { saidOfFindings } from './said-of-findings.ts';

interface RecordFoldOptions extends FoldOptions {
  /** The bytes of a payload that was stored a moment ago: they need not be read back. */
  readonly stored?: { readonly id: number; readonly body: Buffer };
}

/** Brings a unit's tables up to its payloads and decisions. The caller holds the unit's lock (`lockUnit`). */
export async function foldRecordDay(
  sql: Sql,
  dataset: RecordDataset,
  day: CivilDay,
  { askedBy, again = false, stored }: RecordFoldOptions,
): Promise<FoldResult> {
  const scope: DayScope = { dataset: dataset.id, day, interval: unitInterval(dataset, day) };
  const known = await readLedger(sql, dataset.id, day);
  const { steps, decisions, heardAt, ...before } = await waitingSteps(sql, scope, again);
  const ids = await changeIds(sql, scope, steps, again);
  if (again) await takeBack(sql, dataset, scope);

  let row = again || !known ? { ...emptyLedgerRow(dataset, day), ...attemptOf(known) } : known;
  let usable = before.usable;
  let held = 0;
  const changes: Change[] = [];
  for (const step of steps) {
    const { at, changeId, payload, decisions: taken = [] } = await ids.placed(step);
    const earlier = decisions.filter(({ decidedAt }) => decidedAt <= at);
    if (!payload) {
      const waived = taken.filter(({ verb }) => verb === 'waive').map(({ id }) => id);
      await settleStored(sql, scope, waived, 'waive');
      await markDecisionsFolded(
        sql,
        taken.map(({ id }) => id),
        changeId,
      );
      row = await assess(sql, scope, row, earlier);
      continue;
    }
    const body = stored?.id === payload.id ? stored.body : await bodyOf(await loadPayload(sql, payload.id));
    const placed = { ...payload, body, changeId };
    const folded = await foldPayload(sql, dataset, scope, placed, usable, earlier);
    held += folded.held;
    if (folded.kind !== 'refused' && !isLate(dataset, payload, usable)) usable = { ...payload, ...folded };
    const change = changeBy(dataset, scope, placed, folded.effects);
    if (change) changes.push(change);
    row = await assess(sql, scope, advance(row, at, payload.id, folded, change), earlier, dataset);
  }
  if (heardAt && dataset.silence === 'withdraw') await supersedeAttempts(sql, scope, heardAt);
  row = afterAttempt({ ...row, lastCheckedAt: heardAt ?? row.lastCheckedAt }, askedBy);
  assertLegalTransition(again ? undefined : known?.state, row.state);
  await writeLedger(sql, row);
  await publishChanges(sql, changes, ids);
  return { ledger: row, ...totals(changes), held };
}

/** A version that came late moves no record and is one more that can be read. */
function changeBy(
  { silence }: RecordDataset,
  scope: DayScope,
  { id: payloadId, changeId }: PlacedPayload,
  effects: RecordEffects,
): Change | undefined {
  const moved = changeOf(scope, changeId, payloadId, { ...effects, largestDifference: null });
  if (moved || silence === 'withdraw' || !effects.brought) return moved;
  const nothing = { newPoints: 0, revisedPoints: 0, nulledPoints: 0, largestDifference: null };
  return { id: changeId, dataset: scope.dataset, day: scope.day, payloadId, kind: 'published', ...nothing };
}

function isLate({ silence }: RecordDataset, payload: FoldEntry, usable: FoldEntry | undefined): boolean {
  return silence === 'withdraw' && usable !== undefined && payload.fetchedAt < usable.fetchedAt;
}

interface Waiting {
  /** In the order in which they fold. */
  readonly steps: readonly Step[];
  /** All of the unit. */
  readonly decisions: readonly StoredDecision[];
  /** What the first payload is compared with. */
  readonly usable: FoldEntry | undefined;
  readonly heardAt: Date | null;
}

async function waitingSteps(sql: Sql, { dataset, day }: DayScope, again: boolean): Promise<Waiting> {
  const { pending, usable, lastSeenAt } = await pendingPayloads(sql, dataset, day);
  const decisions = await decisionsOfDay(sql, { dataset, day });
  const payloads = again ? await payloadsOfDay(sql, dataset, day) : pending;
  const taken = again ? decisions : decisions.filter(({ changeId }) => changeId === null);
  const steps = [...payloads.map(stepOfPayload), ...stepsOfDecisions(taken)];
  steps.sort((a, b) => a.at.getTime() - b.at.getTime());
  return {
    steps: again ? inOrderOfKnowledge(steps) : steps,
    decisions,
    usable: again ? undefined : usable,
    heardAt: lastSeenAt,
  };
}

async function takeBack(sql: Sql, { silence }: RecordDataset, scope: DayScope): Promise<void> {
  if (silence === 'nothing') await takeBackUpserts(sql, scope);
  else await clearUnit(sql, scope);
  await clearFindings(sql, scope);
}

type PlacedPayload = FoldEntry & { readonly body: Buffer; readonly changeId: number };

interface Folded {
  readonly kind: RecordInterpretation['kind'];
  readonly contentSha256: Buffer;
  readonly effects: RecordEffects;
  /** Records of this payload that are held back and that nobody has waived. */
  readonly held: number;
}

async function foldPayload(
  sql: Sql,
  dataset: RecordDataset,
  scope: DayScope,
  payload: PlacedPayload,
  usable: FoldEntry | undefined,
  decisions: readonly StoredDecision[],
): Promise<Folded> {
  const read = interpretRecords(dataset, scope.day, payload.body);
  // Where an answer brings what it brings, nobody asks whether two of them say the same.
  const contentSha256 = sha256(dataset.silence === 'withdraw' ? read.canonical() : payload.body);
  const isSame = dataset.silence === 'withdraw' && (usable?.contentSha256?.equals(contentSha256) ?? false);
  const { decoderVersion } = dataset;
  const made = { kind: read.kind, contentSha256 };
  await markFolded(sql, payload.id, { ...made, decoderVersion, changeId: payload.changeId });
  if (isLate(dataset, payload, usable)) return { ...made, effects: NO_EFFECT, held: 0 };
  const effects = await foldRead(sql, dataset, scope, payload, read, isSame);
  const found = [...read.findings, ...effects.findings];
  const saidOf = await saidOfFindings(sql, dataset, decisions.length > 0 ? found : []);
  const findings = settleFindings(found, decisions, saidOf);
  if (isSame && usable) {
    // Other bytes, same meaning. Folding again must not count the sighting twice.
    if (payload.kind === null) await touchPayload(sql, usable.id, payload.fetchedAt);
    await foldRemarks(sql, scope, payload, findings);
  } else await insertFindings(sql, scope, payload.id, payload.fetchedAt, findings);
  const open = findings.filter(({ severity, settled }) => severity === 'block' && !settled);
  return { ...made, effects, held: open.reduce((sum, { points }) => sum + points, 0) };
}

async function foldRead(
  sql: Sql,
  { silence, versions }: RecordDataset,
  scope: DayScope,
  payload: PlacedPayload,
  { kind, records, findings }: RecordInterpretation,
  isSame: boolean,
): Promise<RecordEffects> {
  if (kind === 'refused') return NO_EFFECT;
  if (silence === 'nothing') return await foldUpsert(sql, scope, payload.changeId, records, versions);
  await supersedeRefusals(sql, scope, payload.fetchedAt);
  if (isSame) return NO_EFFECT;
  await supersedeEarlier(sql, scope, payload.fetchedAt);
  const held = findings.flatMap(({ severity, series }) => (severity === 'block' && series ? [series] : []));
  return await foldSnapshot(sql, scope, payload.changeId, records, new Set(held));
}

/** The ledger's row after one more payload, but for its state. */
function advance(
  row: LedgerRow,
  at: Date,
  payloadId: number,
  { kind, effects, held }: Folded,
  change: Change | undefined,
): LedgerRow {
  const standing = row.presentPoints + effects.standing;
  return {
    ...row,
    expectedPoints: standing,
    presentPoints: standing,
    quarantinedPoints: row.quarantinedPoints + held,
    revision: row.revision + (change?.kind === 'revised' ? 1 : 0),
    firstPublishedAt: row.firstPublishedAt ?? (effects.brought ? at : null),
    lastChangedAt: change ? at : row.lastChangedAt,
    payloadId: kind === 'refused' ? row.payloadId : payloadId,
  };
}

/** @param counted set when the row counts what is held back: then its thousands of findings are not counted again. */
async function assess(
  sql: Sql,
  scope: DayScope,
  row: LedgerRow,
  decisions: readonly StoredDecision[],
  counted?: RecordDataset,
): Promise<LedgerRow> {
  const isCounted = counted?.silence === 'nothing' && row.firstPublishedAt !== null;
  const blocks = isCounted ? { points: row.quarantinedPoints, refused: false } : await openBlocks(sql, scope);
  const state = stateOf({
    expectedPoints: row.expectedPoints,
    presentPoints: row.presentPoints,
    // What was published may all have ended since: the unit is known all the same.
    publishedPoints: row.firstPublishedAt ? Math.max(1, row.presentPoints) : 0,
    quarantinedPoints: blocks.points,
    answerRefused: blocks.refused,
    deadlinePassed: false,
    declaredAbsent: isDeclaredAbsent(decisions),
  });
  const completedAt = state === 'complete' ? (row.completedAt ?? row.lastChangedAt) : null;
  return { ...row, quarantinedPoints: blocks.points, state, completedAt };
}
