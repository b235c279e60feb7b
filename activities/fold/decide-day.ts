/**
 * Activity `decideDay`: stores what a person decided about a day and folds it, in one transaction, once for each step of the workflow.
 */
import type { Sql } from '../../db/connection/client.ts';
import { insertDecisions } from '../../db/queries/days/decisions.ts';
import { type LedgerRow, readLedger } from '../../db/queries/days/ledger.ts';
import { findingsById, findingsWhere, type StoredFinding } from '../../db/queries/days/quarantine.ts';
import { loadPayload } from '../../db/queries/payloads/payloads.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { type Decision, findingText } from '../../domain/interpret/decision.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { outcomeOf, thisRun } from '../this-run.ts';
import { foldUnit } from './fold-unit.ts';
import { interpretStored } from './interpret-stored.ts';
import { textsOfFindings } from './keep-findings.ts';
import { lockUnit } from './lock-unit.ts';

export function createDecideDay({
  catalog,
  clock,
  database,
}: Dependencies): (input: DecideDayInput) => Promise<DayOutcome> {
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    const run = thisRun();
    return await once(database, async (sql) => {
      await lockUnit(sql, dataset, input.day);
      const known = await readLedger(sql, dataset.id, input.day);
      const decisions = await decisionsFor(sql, dataset, input, known);
      await insertDecisions(sql, input, decisions, clock.now(), run);
      const folded = await foldUnit(sql, dataset, input.day, {});
      return outcomeOf(folded.ledger, folded);
    });
  });
}

async function decisionsFor(
  sql: Sql,
  dataset: Dataset,
  input: DecideDayInput,
  known: LedgerRow | undefined,
): Promise<Decision[]> {
  const { decision: verb, by, reason } = input;
  if (isOfRecords(dataset)) assertWaived(dataset, input);
  if (verb === 'absent' || verb === 'expected') {
    assertDeclarable(input, known);
    return [{ verb, about: null, by, reason }];
  }
  const findings = input.findings
    ? await theseFindings(sql, input, input.findings)
    : await findingsOfRule(sql, input);
  if (verb === 'release' && !isOfRecords(dataset)) await assertReleasable(sql, dataset, findings);
  const textOf = isOfRecords(dataset) ? await textsOfFindings(sql, dataset, findings) : findingText;
  const names = findings.map((found) => ({
    rule: found.rule,
    series: found.series,
    startsAtMs: found.startsAt?.getTime() ?? null,
    findingText: textOf(found),
  }));
  const distinct = new Map(names.map((about) => [JSON.stringify(about), about]));
  return [...distinct.values()].map((about) => ({ verb, about, by, reason }));
}

/** @throws Failure BAD_INPUT: records allow no other decision. */
function assertWaived({ id }: RecordDataset, { decision, day }: DecideDayInput): void {
  if (decision === 'waive') return;
  throw new Failure(
    'BAD_INPUT',
    decision === 'release'
      ? `what is quarantined of ${id} is no value that could be released: once the schema knows it, "tidemark rebuild ${id} --day ${day}" reads the stored bytes again; "quarantine waive" leaves it out for good`
      : `${id} is a dataset of records: no day of it is owed, so that none can be ${decision}`,
  );
}

/** @throws Failure BAD_INPUT */
function assertDeclarable({ decision, day }: DecideDayInput, known: LedgerRow | undefined): void {
  if (decision === 'absent' && known?.firstPublishedAt) {
    const points = `${known.presentPoints} of ${known.expectedPoints} points`;
    throw new Failure('BAD_INPUT', `${day} is ${known.state} with ${points}: a published day is not absent`);
  }
  if (decision === 'expected' && known?.state !== 'absent') {
    const state = known?.state ?? 'not in the ledger';
    throw new Failure('BAD_INPUT', `${day} is ${state}: only a day that is absent can be expected again`);
  }
}

/** @throws Failure BAD_INPUT naming each finding that cannot be decided. */
async function theseFindings(
  sql: Sql,
  { dataset, day, decision }: DecideDayInput,
  ids: readonly number[],
): Promise<StoredFinding[]> {
  const found = await findingsById(sql, ids);
  const faults = ids.flatMap((id) => {
    const one = found.find((finding) => finding.id === id);
    if (!one) return [`finding ${id} is not there (a day that is folded again gets new ones)`];
    if (one.dataset !== dataset || one.day !== day)
      return [`finding ${id} belongs to ${one.dataset} ${one.day}`];
    return isDecidable(one, decision) ? [] : [`finding ${id} is ${one.resolution} already`];
  });
  if (faults.length > 0) {
    const hint = `"tidemark quarantine list ${dataset} --day ${day}" shows those that are open`;
    throw new Failure('BAD_INPUT', `${faults.join('; ')}. ${hint}`);
  }
  return found;
}

/** @throws Failure BAD_INPUT when there is none. */
async function findingsOfRule(
  sql: Sql,
  { dataset, day, rule, decision }: DecideDayInput,
): Promise<StoredFinding[]> {
  const severities = decision === 'release' ? (['block'] as const) : (['block', 'warn', 'info'] as const);
  const filter = { from: day, to: day, ids: null, rule: rule ?? null, severities, settledToo: true };
  const found = await findingsWhere(sql, dataset, filter);
  const decidable = found.filter((finding) => isDecidable(finding, decision));
  if (decidable.length > 0) return decidable;
  throw new Failure('BAD_INPUT', `${day} has no open finding of rule "${rule}" to ${decision}`);
}

function isDecidable({ resolution }: StoredFinding, verb: DecideDayInput['decision']): boolean {
  return resolution === 'open' || (verb === 'release' && resolution === 'waived');
}

/** @throws Failure BAD_INPUT naming points without a single value to write. */
async function assertReleasable(
  sql: Sql,
  dataset: PointDataset,
  findings: readonly StoredFinding[],
): Promise<void> {
  const payloads = [...new Set(findings.flatMap(({ payloadId }) => payloadId ?? []))];
  const held = new Set<string>();
  for (const id of payloads) {
    const { quarantined } = await interpretStored(sql, dataset, await loadPayload(sql, id));
    for (const { series, startsAtMs } of quarantined) held.add(`${id} ${startsAtMs} ${series}`);
  }
  const stuck = findings.filter(
    ({ payloadId, startsAt, series }) => !held.has(`${payloadId} ${startsAt?.getTime()} ${series}`),
  );
  if (stuck.length === 0) return;
  const names = stuck.slice(0, 5).map(({ id, rule }) => `finding ${id} (${rule})`);
  const more = stuck.length > 5 ? ` and ${stuck.length - 5} more` : '';
  // A finding that counts what others name, rather than a rejected response.
  const isCount = held.size > 0 && stuck.some(({ startsAt, series }) => startsAt === null || series === null);
  const hint = isCount
    ? 'It names no single point: release those that do by --finding, waive it, or change what the dataset takes for right and rebuild'
    : 'There is no single readable value to write: waive it, or mend the decoder and rebuild';
  throw new Failure('BAD_INPUT', `${names.join(', ')}${more} cannot be released. ${hint}`);
}
