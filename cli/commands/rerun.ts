/** `tidemark rerun`: ask for days again. A day that another run has is joined, not done twice. */
import type { Command } from 'commander';
import { runDay, type StartedDay } from '../../control/days.ts';
import { daysInState } from '../../db/queries/overview.ts';
import { addDays, type CivilDay } from '../../domain/civil-day.ts';
import { today } from '../../domain/delivery-day.ts';
import { isFine } from '../../domain/ledger.ts';
import type { DayOutcome } from '../../domain/messages.ts';
import { readDay, repeatable } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../main.ts';
import { sentenceOf } from '../sentence.ts';
import { WrongUse } from '../wrong-use.ts';

interface Options {
  readonly day?: readonly string[];
  readonly failed?: true;
  readonly wait?: true;
  readonly json?: true;
}

interface Rerun {
  readonly day: CivilDay;
  readonly workflowId: string;
  readonly link: string;
  readonly outcome?: DayOutcome;
  readonly error?: string;
}

export function rerunCommand(program: Command, run: Run): void {
  program
    .command('rerun')
    .description('ask for days again: given ones, or all that failed')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'a delivery day, YYYY-MM-DD; may be repeated', repeatable)
    .option('--failed', 'every day in state failed')
    .option('--wait', 'wait for the outcome')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => rerun(context, dataset, options)),
    );
}

async function rerun(context: CliContext, dataset: string, options: Options): Promise<number> {
  const days = await daysToRun(context, dataset, options);
  const temporal = await context.temporal();
  const started = await Promise.all(
    days.map(async (day) => ({ day, run: await runDay(temporal, { dataset, day, wait: false }) })),
  );
  const reruns = await Promise.all(
    started.map(({ day, run }) => follow(context, day, run, options.wait ?? false)),
  );
  context.print(reruns, () => reruns.map(describe).join('\n') || 'no day is in state failed');
  return reruns.every(({ error, outcome }) => !error && (!outcome || isFine(outcome.state))) ? 0 : 1;
}

async function daysToRun(
  context: CliContext,
  dataset: string,
  { day, failed }: Options,
): Promise<CivilDay[]> {
  const definition = context.catalog.get(dataset);
  if ((day === undefined) === (failed === undefined)) {
    throw new WrongUse('say which days: --day 2026-11-20 (one or more), or --failed');
  }
  if (day) return day.map((text) => readDay('--day', text));
  const to = addDays(today(definition, Date.now()), 1);
  return await daysInState(context.database(), dataset, ['failed'], { from: definition.firstDay, to });
}

async function follow(context: CliContext, day: CivilDay, run: StartedDay, wait: boolean): Promise<Rerun> {
  const { workflowId, runId } = run;
  const rerun = { day, workflowId, link: context.link(workflowId, runId) };
  if (!wait) return rerun;
  try {
    return { ...rerun, outcome: await run.result() };
  } catch (error) {
    return { ...rerun, error: sentenceOf(error) };
  }
}

function describe({ workflowId, link, outcome, error }: Rerun): string {
  return outcome?.sentence ?? (error ? `${workflowId}: ${error}` : `${workflowId} is running: ${link}`);
}
