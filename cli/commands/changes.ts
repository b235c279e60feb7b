/** `tidemark changes`: changes in the order in which they became visible to readers. */
import type { Command } from 'commander';
import { changesSince, feedEndOf } from '../../db/queries/answers/changes.ts';
import { whyRefused } from '../../domain/days/epoch.ts';
import type { CliContext, Run } from '../context.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly since: string;
  readonly limit: string;
  readonly json?: true;
}

export function changesCommand(command: Command, run: Run): void {
  command
    .argument('[dataset]', 'id of a dataset (default: all)')
    .option('--since <cursor>', 'only changes after this cursor', '0')
    .option('--limit <n>', 'at most so many', '100')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, (context) => changes(context, dataset, options)),
    );
}

async function changes(context: CliContext, dataset: string | undefined, options: Options): Promise<number> {
  if (dataset !== undefined) context.catalog.find(dataset);
  const since = wholeNumber('--since', options.since);
  const limit = wholeNumber('--limit', options.limit);
  await context.noteSimulated(dataset ?? null);
  await refuseCursorOfElsewhere(context, since);
  const rows = await changesSince(context.database(), { since, dataset: dataset ?? null, limit });
  context.print(rows, () =>
    table(
      ['cursor', 'known at', 'dataset', 'day', 'kind', 'new', 'revised', 'nulled', 'largest difference'],
      rows.map((row) => [
        row.cursor,
        instant(row.knownAt),
        row.dataset,
        row.day,
        row.kind,
        row.newPoints,
        row.revisedPoints,
        row.nulledPoints,
        row.largestDifference ?? '-',
      ]),
    ),
  );
  return 0;
}

async function refuseCursorOfElsewhere(context: CliContext, since: number): Promise<void> {
  const why = whyRefused(since, await feedEndOf(context.database(), since));
  if (why)
    throw new UsageError(
      `--since is ${since}, but ${why}; see "The database was restored" in docs/recipes.md`,
    );
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is "${text}": write a whole number, 0 or more`);
}
