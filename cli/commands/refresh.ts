/** `tidemark refresh`: requests years (or days) of a dataset of records now. */
import type { Command } from 'commander';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { isPulledRecords } from '../../domain/dataset/dataset.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import { isFine } from '../../domain/days/ledger.ts';
import { firstOfYear, periodsAround } from '../../domain/days/refresh.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import { startRefresh } from '../../temporal/refreshes.ts';
import type { CliContext, Run } from '../context.ts';
import { messageOf } from '../describe.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly fromYear?: string;
  readonly toYear?: string;
  readonly wait?: true;
  readonly json?: true;
}

export function refreshCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset, such as calendar.holidays')
    .option('--from-year <year>', 'the first year (default: those that the schedule looks after)')
    .option('--to-year <year>', 'the last year (default: the first one)')
    .option('--wait', 'wait for the outcome')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => refresh(context, dataset, options)),
    );
}

const MOST_YEARS = 100;

async function refresh(context: CliContext, id: string, options: Options): Promise<number> {
  const dataset = context.catalog.find(id);
  if (!isPulledRecords(dataset))
    throw new UsageError(`${id} is not refreshed by the year; "tidemark rerun" requests days of it again`);
  await assertEnabled(context.database(), id);
  const started = await startRefresh(await context.temporal(), id, periodsOf(dataset, options));
  const runs = await Promise.all(
    started.map(async ({ period, workflowId, runId, result }) => ({
      ...{ period, workflowId, runId, link: context.link(workflowId, runId) },
      ...(options.wait ? await outcomeOf(result()) : {}),
    })),
  );
  context.print(runs, () => runs.map(describe).join('\n'));
  return runs.every(({ error, outcome }) => !error && (!outcome || isFine(outcome.state))) ? 0 : 1;
}

interface Ended {
  readonly outcome?: DayOutcome;
  readonly error?: string;
}

async function outcomeOf(result: Promise<DayOutcome>): Promise<Ended> {
  return await result.then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error: messageOf(error) }),
  );
}

function describe({
  workflowId,
  link,
  outcome,
  error,
}: Ended & { workflowId: string; link: string }): string {
  const ended = outcome?.summary ?? (error ? `${workflowId}: ${error}` : undefined);
  return ended === undefined ? `${workflowId} is running: ${link}` : `${ended}\n  ${link}`;
}

/** @throws UsageError */
function periodsOf(dataset: PulledRecords, { fromYear, toYear }: Options): CivilDay[] {
  if (fromYear === undefined) {
    if (toYear !== undefined) throw new UsageError('--to-year needs --from-year');
    return periodsAround(dataset, Date.now());
  }
  if (dataset.period !== 'year') throw new UsageError(`${dataset.id} is kept by the day, not by the year`);
  const from = readYear('--from-year', fromYear);
  const to = toYear === undefined ? from : readYear('--to-year', toYear);
  if (to < from) throw new UsageError(`--from-year (${from}) is after --to-year (${to}); swap them`);
  if (to - from >= MOST_YEARS)
    throw new UsageError(`that is more than ${MOST_YEARS} years; request them in parts`);
  return Array.from({ length: to - from + 1 }, (_, i) => firstOfYear(from + i));
}

function readYear(option: string, text: string): number {
  if (/^\d{4}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is "${text}": write a year with four digits`);
}
