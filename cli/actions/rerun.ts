/** What `tidemark rerun` does. */
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { isFine } from '../../domain/days/ledger.ts';
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import { concurrently } from '../../temporal/concurrently.ts';
import { runDay, type StartedDay } from '../../temporal/days.ts';
import type { Options } from '../commands/rerun.ts';
import type { CliContext } from '../context.ts';
import { messageOf } from '../error-message.ts';
import { type ChosenDay, chooseDays, statesOf } from '../rerun-days.ts';
import { describeRun } from '../runs.ts';
import { instant, table } from '../table.ts';

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

export async function rerun(context: CliContext, id: string, options: Options): Promise<number> {
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
