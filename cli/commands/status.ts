/** `tidemark status`: all datasets at a glance. */
import type { Command } from 'commander';
import { describeSchedule, type ScheduleState } from '../../control/schedules.ts';
import { type DatasetOverview, datasetOverviews } from '../../db/queries/overview.ts';
import { DAY_STATES, isFine } from '../../domain/ledger.ts';
import { describePause } from '../../domain/pause-note.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../main.ts';
import { instant } from '../table.ts';

interface DatasetStatus extends DatasetOverview {
  /** Null of a dataset that is not polled. */
  readonly schedule: ScheduleState | null;
}

export function statusCommand(program: Command, run: Run): void {
  program
    .command('status')
    .description('all datasets at a glance: days by state, findings, last change, schedule')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => run(options.json, status));
}

async function status(context: CliContext): Promise<number> {
  const simulated = await context.noteSimulated();
  const temporal = await context.temporal();
  const polled = new Set(context.catalog.datasets.map(({ id }) => id));
  const datasets: DatasetStatus[] = await Promise.all(
    (await datasetOverviews(context.database())).map(async (overview) => ({
      ...overview,
      schedule: polled.has(overview.dataset) ? await describeSchedule(temporal, overview.dataset) : null,
    })),
  );
  context.print({ simulated, datasets }, () => datasets.map(describe).join('\n\n'));
  return datasets.some(needsSomeone) ? 1 : 0;
}

function needsSomeone({ states, daysWithError }: DatasetStatus): boolean {
  return daysWithError > 0 || DAY_STATES.some((state) => !isFine(state) && states[state]);
}

function describe({ dataset, title, ...is }: DatasetStatus): string {
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return [
    `${dataset}: ${title}`,
    `  days       ${counts(is.states) || 'none yet'}${is.firstDay ? ` (${is.firstDay} to ${is.lastDay})` : ''}`,
    `  series     ${is.series}`,
    `  findings   ${counts(is.openFindings) || 'none open'}`,
    ...(is.daysWithError > 0
      ? [`  errors     the last attempt at ${is.daysWithError} days failed (tidemark days ${dataset})`]
      : []),
    `  checked    ${instant(is.lastCheckedAt)}`,
    `  changed    ${instant(is.lastChangedAt)}`,
    `  polling    ${describePolling(is.schedule)}`,
  ].join('\n');
}

function describePolling(schedule: ScheduleState | null): string {
  if (!schedule) return 'not polled: its data are handed over';
  const { id, exists, paused, note, nextAt } = schedule;
  if (!exists) return `no schedule ${id}: run "npm run migrate"`;
  if (paused) return describePause(note);
  return `next look at ${instant(nextAt)}`;
}
