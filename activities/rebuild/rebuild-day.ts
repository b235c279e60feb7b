/**
 * Activity `rebuildDay`: folds a day again from its stored payloads and decisions, without requests to the source. The difference is
 * counted; with `dryRun` nothing is kept.
 */
import type { Sql } from '../../db/connection/client.ts';
import { type LedgerRow, readLedger } from '../../db/queries/days/ledger.ts';
import {
  type DayContent,
  dayContent,
  insertRebuiltDay,
  oldestDecoder,
  recordContent,
} from '../../db/queries/payloads/rebuilding.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { RebuildDayInput, RebuiltDay } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { openSteps } from '../fold/fold-steps.ts';
import { foldAgain, foldUnit } from '../fold/fold-unit.ts';
import { lockUnit } from '../fold/lock-unit.ts';
import { type Moved, publishCorrection } from '../fold/publish-changes.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { showRecordChange } from './record-difference.ts';

export function createRebuildDay({
  catalog,
  database,
}: Dependencies): (input: RebuildDayInput) => Promise<RebuiltDay> {
  return temporalActivity(async ({ dataset: id, day, dryRun }) => {
    const dataset = catalog.find(id);
    const work = once(database, async (sql) => {
      await lockUnit(sql, dataset, day);
      const decoderBefore = await oldestDecoder(sql, { dataset: id, day });
      const rebuilt = await rebuild(sql, dataset, day);
      if (dryRun) throw new TakenBack(rebuilt);
      await leaveTrail(sql, dataset, rebuilt, decoderBefore);
      return rebuilt;
    });
    return await work.catch((error: unknown) => {
      if (error instanceof TakenBack) return error.rebuilt;
      throw error;
    });
  });
}

/** Rolls back the transaction of a dry run and carries the figures out of it. */
class TakenBack extends Error {
  readonly rebuilt: RebuiltDay;

  constructor(rebuilt: RebuiltDay) {
    super('dry run');
    this.rebuilt = rebuilt;
  }
}

/** Folds a day again in the caller's transaction, behind its lock, and announces differences in the feed. */
export async function rebuild(sql: Sql, dataset: Dataset, day: CivilDay): Promise<RebuiltDay> {
  const scope = { dataset: dataset.id, day };
  const known = await readLedger(sql, dataset.id, day);
  const ofRecords = isOfRecords(dataset);
  const content = () => (ofRecords ? recordContent(sql, scope) : dayContent(sql, scope));
  // Pending payloads are news, not a correction.
  const { steps: pending } = await openSteps(sql, scope, false);
  const folded = await foldUnit(sql, dataset, day, {});
  const before = await content();
  const { ledger, others } = await foldAgain(sql, dataset, day);
  const after = await content();
  const difference = differenceOf(before, after, ofRecords ? showRecordChange(dataset) : undefined);
  // Readers who know the day as it was read something else from now on, also of the past.
  if (known && difference.values + difference.versions > 0)
    await publishCorrection(sql, scope, 'corrected', movedBetween(before, after));
  for (const [other, moved] of others)
    await publishCorrection(sql, { dataset: dataset.id, day: other }, 'corrected', moved);
  const counts = countsBetween(pending.length > 0 || !known ? folded.ledger : known, ledger);
  const examples = [...difference.examples, ...counts, ...[...others].map(showOther)];
  return {
    ...{ day, before: known?.state ?? null, after: ledger.state },
    ...{ ...difference, counts: counts.length, examples },
  };
}

/** The counts that were not what the day has, as text. */
function countsBetween(before: LedgerRow, after: LedgerRow): string[] {
  const names = ['expectedPoints', 'presentPoints', 'quarantinedPoints'] as const;
  const column = (name: string) => name.replace('P', '_p');
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${column(name)} of the ledger: ${showChange(before[name], after[name])}`);
}

function showOther([day, { newPoints, revisedPoints, nulledPoints }]: [CivilDay, Moved]): string {
  return `${day} differs too: ${newPoints} records come back, ${revisedPoints} are others, ${nulledPoints} leave`;
}

/** A rebuild that changed nothing is recorded only in its run. */
async function leaveTrail(
  sql: Sql,
  { id, decoderVersion }: Dataset,
  { day, before, after, values, versions, findings, counts }: RebuiltDay,
  decoderBefore: number | null,
): Promise<void> {
  if (before === after && values + versions + findings + counts === 0) return;
  await insertRebuiltDay(sql, {
    ...{ dataset: id, day, ...thisRun(), decoderBefore, decoderAfter: decoderVersion },
    ...{ stateBefore: before, stateAfter: after, values, versions, findings },
  });
}

/** What a reader of the latest values sees of a difference; a point that is gone counts as one with another value. */
export function movedBetween(before: DayContent, after: DayContent): Moved {
  const places = [...new Set([...before.values.keys(), ...after.values.keys()])];
  const other = places
    .map((place) => ({ old: before.values.get(place), now: after.values.get(place) }))
    .filter(({ old, now }) => old !== now);
  const differences = other.flatMap(({ old, now }) =>
    typeof old === 'number' && typeof now === 'number' ? [Math.abs(now - old)] : [],
  );
  const newPoints = other.filter(({ old }) => old === undefined).length;
  const nulledPoints = other.filter(({ old, now }) => old !== undefined && now === null).length;
  return {
    newPoints,
    nulledPoints,
    revisedPoints: other.length - newPoints - nulledPoints,
    largestDifference: differences.length > 0 ? Math.max(...differences) : null,
  };
}

const EXAMPLES = 5;

type Value = number | string | null | undefined;
const show = (value: Value) => (value === undefined ? 'nothing' : `${value}`);
const showChange = (old: Value, now: Value) => `${show(old)} becomes ${show(now)}`;

/** How the content of a day differs from before. */
export function differenceOf(
  before: DayContent,
  after: DayContent,
  shown = showChange,
): Omit<RebuiltDay, 'day' | 'before' | 'after' | 'counts'> {
  const places = [...new Set([...before.values.keys(), ...after.values.keys()])];
  const other = places.filter((place) => before.values.get(place) !== after.values.get(place));
  return {
    values: other.length,
    versions: apart(before.versions, after.versions),
    findings: apart(before.findings, after.findings),
    examples: other
      .toSorted()
      .slice(0, EXAMPLES)
      .map((place) => `${place}: ${shown(before.values.get(place), after.values.get(place))}`),
  };
}

/** How many are in only one of the two. */
function apart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const only = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...one].filter((key) => !other.has(key)).length;
  return only(a, b) + only(b, a);
}
