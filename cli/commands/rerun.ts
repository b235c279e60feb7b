/** `tidemark rerun`: requests days again. A day that already has a run joins it instead of starting a second. */
import type { Command } from 'commander';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { chosenDays, type ChosenDay as StoredDay } from '../../db/queries/days/chosen-days.ts';
import { isPulledPoints, type RunnablePoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { isFine } from '../../domain/days/ledger.ts';
import { type RerunField, readRerun } from '../../domain/days/rerun.ts';
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import { concurrently } from '../../temporal/concurrently.ts';
import { runDay, type StartedDay } from '../../temporal/days.ts';
import { repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { describeRun, type LinkedRun, linked, messageOf } from '../describe.ts';
import { instant, table } from '../table.ts';

interface Options extends Selection {
  readonly plan?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function rerunCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'a delivery day, YYYY-MM-DD; may be repeated', repeatable)
    .option('--failed', 'every day in state failed')
    .option('--state <state>', 'every day in this state, such as late; may be repeated', repeatable)
    .option('--from <day>', 'every day from this one on; or narrows --failed and --state')
    .option('--to <day>', 'every day up to this one; or narrows --failed and --state')
    .option('--plan', 'list the days with state, last run and error, and start nothing')
    .option('--wait', 'wait for the outcome')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => rerun(context, dataset, options)),
    );
}

interface Rerun extends ChosenDay {
  readonly workflowId: string;
  readonly runId: string;
  readonly link: string;
  /** The day already had a run, named in `before`, which now requests it at once. */
  readonly joined: boolean;
  readonly outcome?: DayOutcome;
  readonly error?: string;
}

/** Concurrent starts, and runs waited for. */
const LANES = 16;

/** From this many days on, the estimated time is shown. */
const MANY = 50;

async function rerun(context: CliContext, id: string, options: Options): Promise<number> {
  const dataset = context.catalog.runnable(id);
  const days = await chooseDays(context, dataset, options);
  if (options.plan) {
    context.print(days, () => describePlan(days) || nothing(options));
    return 0;
  }
  await assertEnabled(context.database(), id);
  if (days.length >= MANY && isPulledPoints(dataset)) context.note(howLong(dataset, days.length));
  const temporal = await context.temporal();
  const started = await concurrently(days, LANES, async (chosen) => {
    const run = await runDay(temporal, { dataset: id, day: chosen.day, wait: false });
    return { chosen, run };
  });
  const reruns = await concurrently(started, LANES, ({ chosen, run }) =>
    follow(context, chosen, run, options),
  );
  context.print(reruns, () => reruns.map(describe).join('\n') || nothing(options));
  return reruns.every(({ error, outcome }) => !error && (!outcome || isFine(outcome.state))) ? 0 : 1;
}

async function follow(
  context: CliContext,
  chosen: ChosenDay,
  run: StartedDay,
  { wait }: Options,
): Promise<Rerun> {
  const { workflowId, runId } = run;
  const joined = chosen.before?.runId === runId;
  const rerun = { ...chosen, workflowId, runId, link: context.link(workflowId, runId), joined };
  if (!wait) return rerun;
  try {
    return { ...rerun, outcome: await run.result() };
  } catch (error) {
    return { ...rerun, error: messageOf(error) };
  }
}

function describe({ workflowId, link, joined, outcome, error, before }: Rerun): string {
  const running = joined ? 'is in progress already and requests the day at once' : 'is running';
  const ended = outcome?.summary ?? (error ? `${workflowId}: ${error}` : undefined);
  const lines = ended === undefined ? [`${workflowId} ${running}: ${link}`] : [ended, `  ${link}`];
  if (before && !joined) {
    const [what = '', ...more] = describeRun(before);
    lines.push(`  before: ${what}`, ...more.map((line) => `    ${line}`));
  }
  return lines.join('\n');
}

function describePlan(days: readonly ChosenDay[]): string {
  if (days.length === 0) return '';
  const rows = days.map(({ day, state, before, lastError }) => [
    ...[day, state ?? 'nothing recorded', instant(before?.startedAt ?? null)],
    ...[before?.trigger ?? '-', before?.outcome ?? '-', lastError ?? before?.error ?? '-'],
  ]);
  const listed = table(['day', 'state', 'last run', 'requested by', 'outcome', 'error'], rows);
  return `${listed}\n${days.length} days would be requested; nothing was started`;
}

function nothing(options: Options): string {
  const states = statesOf(options);
  return states ? `no day is in state ${states.join(' or ')}` : 'every day of the range is declared absent';
}

function howLong({ id, source }: PulledPoints, days: number): string {
  const { requests, windowMs } = source.quota;
  const minutes = Math.ceil((days / requests) * (windowMs / 60_000));
  return (
    `${days} days take about ${minutes} min at the quota of the source. "tidemark backfill ${id} --all" does a range ` +
    'in a window that leaves more room to polling.'
  );
}

interface Selection {
  readonly day?: readonly string[];
  readonly failed?: true;
  readonly state?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

interface ChosenDay extends StoredDay {
  readonly before: LinkedRun | null;
}

const OPTIONS: Readonly<Record<RerunField, string>> = {
  days: '--day',
  states: '--state',
  from: '--from',
  to: '--to',
};
const WORDS = {
  show: (field: RerunField) => OPTIONS[field],
  ways:
    '--day 2026-11-20 (one or more), or --failed, or --state late (one or more), or ' +
    '--from 2026-11-01 --to 2026-11-20; a range also narrows --failed and --state',
};

/** @throws WrongRerun */
async function chooseDays(
  context: CliContext,
  dataset: RunnablePoints,
  selection: Selection,
): Promise<ChosenDay[]> {
  const { day, from, to } = selection;
  const states = statesOf(selection);
  const input = {
    ...(day ? { days: day } : {}),
    ...(states ? { states } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const choice = readRerun(dataset, input, Date.now(), WORDS);
  const days = await chosenDays(context.database(), dataset.id, choice);
  return days.map((chosen) => ({ ...chosen, before: chosen.before ? linked(context, chosen.before) : null }));
}

/** The requested states; undefined if none. */
function statesOf({ failed, state = [] }: Selection): readonly string[] | undefined {
  const states = [...(failed ? ['failed'] : []), ...state];
  return states.length > 0 ? [...new Set(states)] : undefined;
}
