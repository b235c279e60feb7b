/**
 * The law of the fold: what the tables hold for a unit of work is a function of its payloads and decisions in order of time, and of the
 * order in which they became known. Folds everything not folded yet, for every kind of dataset. Runs inside the caller's transaction,
 * behind the unit's lock.
 */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { type LedgerRow, readLedger, writeLedger, writeLosses } from '../../db/queries/days/ledger.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import { assertLegalTransition, stateAfterFailure } from '../../domain/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type ChangeIds, changeIds } from './change-ids.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import type { PlacedStep, Step } from './fold-steps.ts';
import { PointUnit } from './point-unit.ts';
import { type Moved, publishChanges } from './publish-changes.ts';
import { RecordUnit } from './record-unit.ts';

/** What folding did to a unit. */
interface FoldResult {
  readonly ledger: LedgerRow;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  /** How many of the folded records are quarantined. */
  readonly held: number;
  /** Other units that readers find otherwise since this one was folded again: the caller says so in the feed. */
  readonly others: ReadonlyMap<CivilDay, Moved>;
}

/** The run that requested the unit from the source, for the ledger. */
export interface Requester {
  readonly workflowId: string;
  readonly runId: string;
}

/** The bytes of a payload that was just stored: no need to read them back. */
export interface StoredBytes {
  readonly id: number;
  readonly body: Buffer;
}

interface FoldOptions {
  /** Set when there was a request to the source; the ledger's last attempt stays as it was otherwise. */
  readonly requestedBy?: Requester;
  /** Reset the unit and fold it from its beginning, whatever has been folded. */
  readonly again?: boolean;
  readonly stored?: StoredBytes;
}

/** What differs between points and records: how a step changes the tables, and what the ledger says of it. */
export interface Unit {
  readonly scope: DayScope;
  /** What the folded steps changed. */
  readonly changes: readonly Change[];
  /** What the folded steps took from other units. */
  readonly losses: readonly Change[];
  readonly held: number;
  /** Reads the steps of the unit. @returns what is to be folded, in order. */
  open(again: boolean): Promise<readonly Step[]>;
  resetDay(): Promise<void>;
  /** @param row the ledger row, as the steps find it. @param fresh before anything was known. */
  begin(row: LedgerRow, fresh: LedgerRow): void;
  fold(step: PlacedStep, ids: ChangeIds): Promise<void>;
  /** The ledger's row after all of it. */
  close(): Promise<LedgerRow>;
  /** What folding it again changed in other units. */
  others(): ReadonlyMap<CivilDay, Moved>;
}

/** Brings a unit's tables up to date with its payloads and decisions. The caller holds its lock (`lockUnit`). */
export async function foldUnit(
  sql: Sql,
  dataset: Dataset,
  day: CivilDay,
  { requestedBy, again = false, stored }: FoldOptions,
): Promise<FoldResult> {
  const known = await readLedger(sql, dataset.id, day);
  const fresh = { ...emptyLedgerRow(dataset, day), ...attemptOf(known) };
  const unit = isOfRecords(dataset)
    ? new RecordUnit(sql, dataset, day, stored)
    : new PointUnit(sql, dataset, day);
  const steps = await unit.open(again);
  const ids = await changeIds(sql, unit.scope, steps, again);
  if (again) await unit.resetDay();
  unit.begin(again || !known ? fresh : known, fresh);
  for (const step of steps) await unit.fold(await ids.placed(step), ids);
  const ledger = afterDeadline(afterAttempt(await unit.close(), requestedBy), known);
  // A unit reset on purpose starts from nothing: another decoder may see less in it.
  assertLegalTransition(again ? undefined : known?.state, ledger.state);
  await writeLedger(sql, ledger);
  await publishChanges(sql, [...unit.changes, ...unit.losses], ids);
  // Again: the others' ledgers know them already, or are to be folded again too.
  if (!again)
    await writeLosses(
      sql,
      unit.losses.map(({ id }) => id),
    );
  return { ledger, ...totals(unit.changes), held: unit.held, others: unit.others() };
}

/** What the ledger says of the last attempt, which folding cannot know. */
function attemptOf(known: LedgerRow | undefined): Partial<LedgerRow> {
  if (!known) return {};
  const { error, workflowId, runId, lastCheckedAt } = known;
  return { error, workflowId, runId, lastCheckedAt };
}

/** A request to the source has cleared the error; otherwise the last attempt still counts. */
function afterAttempt(row: LedgerRow, requestedBy: Requester | undefined): LedgerRow {
  if (requestedBy) return { ...row, ...requestedBy, error: null };
  if (row.state === 'absent') return { ...row, error: null };
  return row.error === null ? row : { ...row, state: stateAfterFailure(row.state) };
}

/** Once the deadline has passed, the day is not in progress again: no later response is needed to know it. */
function afterDeadline(row: LedgerRow, known: LedgerRow | undefined): LedgerRow {
  return row.dueAt !== null && known?.state === 'partial' ? { ...row, ...PARTIAL } : row;
}

const PARTIAL = { state: 'partial', dueAt: null, duePoints: null } as const;

function totals(changes: readonly Change[]) {
  const sum = (pick: (change: Change) => number) =>
    changes.reduce((total, change) => total + pick(change), 0);
  return {
    newPoints: sum(({ newPoints }) => newPoints),
    revisedPoints: sum(({ revisedPoints }) => revisedPoints),
    nulledPoints: sum(({ nulledPoints }) => nulledPoints),
  };
}

// Folds a unit again together with the units whose records change with it, in the caller's transaction and behind its lock.

/**
 * What a payload did to a record depends on earlier payloads, of any unit; and of two bodies with one version the first one was kept: if that
 * one is gone, the other counts. Which one came first is known only with all of them in place, so that the others are folded twice.
 * @param also units that share records with it.
 * @returns what it did to the unit, with the others that are otherwise now.
 */
export async function foldAgain(
  sql: Sql,
  dataset: Dataset,
  day: CivilDay,
  also: readonly CivilDay[] = [],
): Promise<FoldResult> {
  const folded = await foldUnit(sql, dataset, day, { again: true });
  const others = [...new Set([...also, ...folded.others.keys()])].toSorted();
  let last = folded;
  if (others.length === 0) return folded;
  for (const unit of [...others, day, ...others]) {
    const done = await foldUnit(sql, dataset, unit, { again: true });
    if (unit === day) last = done;
  }
  return { ...last, others: folded.others };
}
