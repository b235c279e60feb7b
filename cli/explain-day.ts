/** A day back to its runs, for `tidemark explain --day`: the ledger's row, and every attempt with its outcome. */
import { type LedgerRow, readLedger } from '../db/queries/ledger.ts';
import { runsOfDay } from '../db/queries/runs.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import type { CliContext } from './context.ts';
import { describeRun, type LinkedRun, linked } from './runs.ts';
import { WrongUse } from './wrong-use.ts';

interface ExplainedDay {
  readonly dataset: string;
  readonly day: CivilDay;
  /** The ledger's row, with a link to the run that asked for it last. */
  readonly ledger: (LedgerRow & { readonly link: string | null }) | null;
  /** Newest first. */
  readonly runs: readonly LinkedRun[];
}

/** @throws WrongUse when nothing is known of the day. */
export async function explainDay(context: CliContext, dataset: string, day: CivilDay): Promise<void> {
  await context.noteSimulated();
  const row = await readLedger(context.database(), dataset, day);
  const runs = (await runsOfDay(context.database(), dataset, day)).map((run) => linked(context, run));
  if (!row && runs.length === 0) throw new WrongUse(`nothing is known of ${day} in ${dataset}`);
  const explained = { dataset, day, ledger: row ? withLink(context, row) : null, runs };
  context.print(explained, () => describe(explained));
}

/** A ledger row with a link to the run that asked for it last; a decision or a rebuild asks nobody. */
export function withLink(context: CliContext, row: LedgerRow): LedgerRow & { link: string | null } {
  const { workflowId, runId } = row;
  return { ...row, link: workflowId === null ? null : context.link(workflowId, runId ?? undefined) };
}

function describe({ dataset, day, ledger, runs }: ExplainedDay): string {
  const state = ledger
    ? `${ledger.state}, ${ledger.presentPoints} of ${ledger.expectedPoints} points, revision ${ledger.revision}`
    : 'not in the ledger';
  const many = runs.length === 1 ? '1 run:' : `${runs.length} runs, newest first:`;
  const attempts = runs.map((run) =>
    describeRun(run)
      .map((line, i) => `${i === 0 ? '  ' : '    '}${line}`)
      .join('\n'),
  );
  return [
    `${day} of ${dataset} is ${state}`,
    ...(ledger?.error ? [`  the last attempt failed: ${ledger.error}`] : []),
    ...(ledger?.link ? [`  last asked for by ${ledger.link}`] : []),
    runs.length === 0 ? 'no run is recorded' : many,
    ...attempts,
  ].join('\n');
}
