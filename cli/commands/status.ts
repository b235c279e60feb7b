/** `tidemark status`: all datasets at a glance. */
import type { Command } from 'commander';
import { type DatasetOverview, datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { type Dataset, isScheduled } from '../../domain/dataset/dataset.ts';
import { hasWords } from '../../domain/dataset/dataset-words.ts';
import { howToEnable } from '../../domain/dataset/enabling.ts';
import { areFine } from '../../domain/days/ledger.ts';
import { placeOfFiles } from '../../domain/files/found-files.ts';
import { describePause } from '../../domain/workflow/pause-note.ts';
import { notifyHealth } from '../../notify/health.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { describeSchedule, type ScheduleState } from '../../temporal/schedules.ts';
import type { CliContext, Run } from '../context.ts';
import { instant } from '../table.ts';

interface Options {
  readonly search?: string;
  readonly json?: true;
}

export function statusCommand(command: Command, run: Run): void {
  command
    .option('--search <words>', 'only datasets that have all of these words in what their files say of them')
    .option('--json', 'print JSON')
    .action((options: Options) => run(options.json, (context) => status(context, options)));
}

interface DatasetStatus extends DatasetOverview {
  /** Null when it is no longer in the catalogue. */
  readonly shape: Dataset['shape'] | null;
  /** Null for a dataset that is not polled. */
  readonly schedule: ScheduleState | null;
  /** Folder or address that is checked for files; null where no files are watched. */
  readonly filesFrom: string | null;
}

async function status(context: CliContext, { search }: Options): Promise<number> {
  const simulated = await context.noteSimulated(null);
  const temporal = await context.temporal();
  const found = (await datasetOverviews(context.database())).filter(
    ({ dataset }) => search === undefined || isFound(context, dataset, search),
  );
  const overviews = found.filter(({ enabled }) => enabled);
  const dormant = found.filter(({ enabled }) => !enabled).map(({ dataset }) => dataset);
  const { faults } = await notifyHealth(context.database());
  // The last resort: notifications themselves cannot report that they fail.
  for (const fault of faults) context.warn(`NOTIFICATIONS FAIL: ${fault}`);
  const datasets = await Promise.all(overviews.map((overview) => statusOf(context, temporal, overview)));
  context.print({ simulated, notificationFaults: faults, datasets, dormant }, () =>
    [...datasets.map(describe), ...describeDormant(found.length, dormant, search)].join('\n\n'),
  );
  return datasets.some(needsSomeone) ? 1 : 0;
}

/** Whether a dataset matches the search; one that has left the catalogue never does. */
function isFound({ catalog }: CliContext, id: string, words: string): boolean {
  const dataset = catalog.all.find((each) => each.id === id);
  return dataset !== undefined && hasWords(dataset, words);
}

async function statusOf(
  { catalog, config }: CliContext,
  temporal: Temporal,
  overview: DatasetOverview,
): Promise<DatasetStatus> {
  // It may have left the catalogue since it was registered.
  const dataset = catalog.all.find(({ id }) => id === overview.dataset);
  const schedule = dataset && isScheduled(dataset) ? await describeSchedule(temporal, dataset.id) : null;
  const filesFrom = dataset
    ? placeOfFiles(dataset.files?.found, config.sourceSettings.get(dataset.source.id) ?? {})
    : null;
  return { ...overview, shape: dataset?.shape ?? null, schedule, filesFrom };
}

function needsSomeone({ states, daysWithError }: DatasetStatus): boolean {
  return daysWithError > 0 || !areFine(states);
}

/** What is not running, in one line. */
function describeDormant(found: number, dormant: readonly string[], search: string | undefined): string[] {
  if (found === 0)
    return [search === undefined ? 'no dataset is known' : `no dataset has the words "${search}"`];
  if (dormant.length === 0) return [];
  const cure = `"npx tidemark enable" lists them, ${howToEnable('jao-core.*')} enables some`;
  return [`${dormant.length} ${dormant.length === 1 ? 'dataset is' : 'datasets are'} dormant: ${cure}`];
}

function describe({ dataset, title, ...is }: DatasetStatus): string {
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name.replace('_', ' ')}`)
      .join(', ');
  return [
    `${dataset}: ${title}`,
    `  days       ${counts(is.states) || 'none yet'}${is.firstDay ? ` (${is.firstDay} to ${is.lastDay})` : ''}`,
    ...(is.shape === 'records' ? [] : [`  series     ${is.series}`]),
    `  findings   ${counts(is.openFindings) || 'none open'}`,
    ...(is.daysWithError > 0
      ? [`  errors     the last attempt at ${is.daysWithError} days failed (tidemark days ${dataset})`]
      : []),
    `  checked    ${instant(is.lastCheckedAt)}`,
    `  changed    ${instant(is.lastChangedAt)}`,
    `  polling    ${describePolling(is.schedule, is.filesFrom)}`,
  ].join('\n');
}

function describePolling(schedule: ScheduleState | null, filesFrom: string | null): string {
  if (!schedule && filesFrom) return `its files are looked for in ${filesFrom}`;
  if (!schedule) return 'not polled: its data are uploaded';
  const { id, exists, paused, note, nextAt } = schedule;
  if (!exists) return `no schedule ${id}: run "npm run migrate"`;
  if (paused) return describePause(note);
  return `next poll at ${instant(nextAt)}`;
}
