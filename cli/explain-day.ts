/**
 * The history of a day for `tidemark explain --day`: the ledger's row, findings, decisions, and every attempt with its
 * outcome.
 */
import { decisionsOfDay, type StoredDecision } from '../db/queries/days/decisions.ts';
import { explanationsOf } from '../db/queries/days/explanations.ts';
import { type LedgerRow, readLedger } from '../db/queries/days/ledger.ts';
import { type WorstFindings, worstFindings } from '../db/queries/days/quarantine.ts';
import { runsOfDay } from '../db/queries/days/runs.ts';
import { payloadFactsOfDay } from '../db/queries/points/explain.ts';
import { describeExplanation, type Explanation } from '../domain/dataset/explained.ts';
import { wordOf } from '../domain/days/ledger.ts';
import { isPartInFiles } from '../domain/days/outcome.ts';
import type { CivilDay } from '../domain/time/civil-day.ts';
import type { CliContext } from './context.ts';
import { describeFinding, describeRun, type LinkedRun, linked } from './describe.ts';
import { instant } from './table.ts';
import { UsageError } from './usage-error.ts';

/** A day with more has a problem that these already show. */
const MOST_FINDINGS = 100;

interface ExplainedDay {
  readonly dataset: string;
  readonly day: CivilDay;
  /** The ledger's row, with a link to the run that last requested it. */
  readonly ledger: (LedgerRow & { readonly link: string | null }) | null;
  /** What records of other datasets say about it. */
  readonly explanations: readonly Explanation[];
  /** Those that need a decision first; if there are many, the worst. */
  readonly findings: WorstFindings['findings'];
  readonly findingsTotal: number;
  /** Oldest first. */
  readonly decisions: readonly StoredDecision[];
  /** Newest first. */
  readonly runs: readonly LinkedRun[];
  /** Loads of files that brought something of it, newest first. */
  readonly loads: readonly LinkedLoad[];
}

interface LinkedLoad {
  /** The file, as it was given. */
  readonly file: string;
  readonly loadedAt: Date;
  readonly workflowId: string;
  readonly link: string;
}

/** @throws UsageError when nothing is known of the day. */
export async function explainDay(context: CliContext, dataset: string, day: CivilDay): Promise<void> {
  await context.noteSimulated(dataset);
  const sql = context.database();
  const row = await readLedger(sql, dataset, day);
  const runs = (await runsOfDay(sql, dataset, day)).map((run) => linked(context, run));
  const { findings, total: findingsTotal } = await worstFindings(sql, dataset, day, MOST_FINDINGS);
  const decisions = await decisionsOfDay(sql, { dataset, day });
  const explanations = await explanationsOf(sql, context.catalog.all, dataset, day);
  if (!row && runs.length === 0 && explanations.length === 0)
    throw new UsageError(`nothing is known of ${day} in ${dataset}`);
  const ledger = row ? withLink(context, row) : null;
  const loads = await loadsOfDay(context, dataset, day);
  const explained = { dataset, day, ledger, explanations, findings, findingsTotal, decisions, runs, loads };
  context.print(explained, () => describe(explained));
}

async function loadsOfDay(context: CliContext, dataset: string, day: CivilDay): Promise<LinkedLoad[]> {
  const payloads = await payloadFactsOfDay(context.database(), dataset, day, MOST_FINDINGS);
  return payloads.flatMap(({ trigger, workflowId, runId, url: file, fetchedAt: loadedAt }) =>
    trigger === 'load' && workflowId !== null
      ? [{ file, loadedAt, workflowId, link: context.link(workflowId, runId ?? undefined) }]
      : [],
  );
}

/** A ledger row with a link to the run that last requested it; decisions and rebuilds make no requests. */
export function withLink(context: CliContext, row: LedgerRow): LedgerRow & { link: string | null } {
  const { workflowId, runId } = row;
  return { ...row, link: workflowId === null ? null : context.link(workflowId, runId ?? undefined) };
}

function describe({ dataset, day, ledger, explanations, runs, ...of }: ExplainedDay): string {
  const many = runs.length === 1 ? '1 run:' : `${runs.length} runs, newest first:`;
  return [
    `${day} of ${dataset} is ${ledger ? stateOf(ledger) : 'not in the ledger'}`,
    ...(ledger?.error ? [`  the last attempt failed: ${ledger.error}`] : []),
    ...(ledger?.link ? [`  last requested by ${ledger.link}`] : []),
    ...explanations.map((each) => `  ${describeExplanation(each)}`),
    ...describeFindings({ dataset, day, ...of }),
    ...describeDecisions(of.decisions),
    ...of.loads.map(({ file, loadedAt, workflowId, link }) =>
      indented([`loaded ${instant(loadedAt)} from ${file} by ${workflowId}`, link]),
    ),
    ...(runs.length === 0 && of.loads.length > 0 ? [] : [runs.length === 0 ? 'no run is recorded' : many]),
    ...runs.map((run) => indented(describeRun(run))),
  ].join('\n');
}

function stateOf(row: LedgerRow): string {
  const { state, presentPoints, expectedPoints, quarantinedPoints, revision } = row;
  const part = isPartInFiles(row) ? ' (the files that were loaded cover only a part of it)' : '';
  const quarantined = quarantinedPoints > 0 ? `, ${quarantinedPoints} quarantined` : '';
  return `${wordOf(state)}, ${presentPoints} of ${expectedPoints} points${part}${quarantined}, revision ${revision}`;
}

type Found = Pick<ExplainedDay, 'dataset' | 'day' | 'findings' | 'findingsTotal'>;

function describeFindings({ dataset, day, findings, findingsTotal }: Found): string[] {
  if (findingsTotal === 0) return ['checks: nothing was found'];
  const more = findingsTotal - findings.length;
  const rest = `  ${more} more: tidemark quarantine list ${dataset} --day ${day} --warnings --settled`;
  return [
    `${findingsTotal} findings, open ones first:`,
    ...findings.map((finding) => indented(describeFinding(finding).split('\n'), '')),
    ...(more > 0 ? [rest] : []),
  ];
}

function describeDecisions(decisions: readonly StoredDecision[]): string[] {
  if (decisions.length === 0) return ['nobody decided anything'];
  const sentences = decisions.map(({ verb, about, decidedAt, by, reason }) => {
    const what = about ? ` ${about.rule}${about.series === null ? '' : ` of ${about.series}`}` : '';
    return `  ${verb}${what}, ${instant(decidedAt)} by ${by}: ${reason}`;
  });
  // One decision about many findings is a row for each: shown once.
  return ['decisions, oldest first:', ...new Set(sentences)];
}

function indented([first = '', ...others]: readonly string[], further = '  '): string {
  return [`  ${first}`, ...others.map((line) => `  ${further}${line}`)].join('\n');
}
