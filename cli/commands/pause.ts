/** `tidemark pause` and `tidemark resume`: pause and resume polling for new days of a dataset. */
import type { Command } from 'commander';
import { assertEnabled, enabledIds } from '../../db/queries/catalog/enabling.ts';
import type { PauseVerb } from '../../domain/workflow/pause-note.ts';
import { describePausing, type Paused, setPaused } from '../../temporal/pausing.ts';
import { operator, readReason } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly source?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function pauseCommand(command: Command, run: Run): void {
  command
    .argument('[dataset]', 'id of a dataset')
    .option('--source <id>', 'all datasets of a source instead, such as jao-core')
    .requiredOption('--reason <text>', 'why; kept with the schedule')
    .option('--by <name>', 'who pauses (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, (context) => setAll(context, 'paused', dataset, options)),
    );
}

export function resumeCommand(command: Command, run: Run): void {
  command
    .argument('[dataset]', 'id of a dataset')
    .option('--source <id>', 'all datasets of a source instead, such as jao-core')
    .option('--reason <text>', 'why; kept with the schedule')
    .option('--by <name>', 'who resumes (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, (context) => setAll(context, 'resumed', dataset, options)),
    );
}

async function setAll(
  context: CliContext,
  verb: PauseVerb,
  id: string | undefined,
  { source, reason, by }: Options,
): Promise<number> {
  const words = reason === undefined ? '' : readReason(reason);
  const datasets = await chosen(context, id, source);
  const change = { verb, by: operator(by), reason: words, at: new Date() };
  const temporal = await context.temporal();
  const results: Paused[] = [];
  for (const dataset of datasets) results.push(await setPaused(temporal, { ...change, dataset }));
  context.print(results, () => results.map((result) => describePausing(verb, result)).join('\n'));
  return 0;
}

/** @throws UsageError, Failure UNKNOWN_DATASET, DATASET_DORMANT */
async function chosen(
  context: CliContext,
  id: string | undefined,
  source: string | undefined,
): Promise<string[]> {
  const { catalog } = context;
  if ((id === undefined) === (source === undefined))
    throw new UsageError('say which: a dataset such as jao-core.max-exchanges, or --source jao-core');
  if (id !== undefined) {
    catalog.runnable(id);
    await assertEnabled(context.database(), id);
    return [id];
  }
  const of = catalog.datasets.filter((dataset) => dataset.source.id === source).map((dataset) => dataset.id);
  if (of.length > 0) {
    const enabled = await enabledIds(context.database());
    return of.filter((each) => enabled.has(each));
  }
  const known = [...new Set(catalog.datasets.map((dataset) => dataset.source.id))].join(', ');
  throw new UsageError(`no source "${source}"; the sources are ${known}`);
}
