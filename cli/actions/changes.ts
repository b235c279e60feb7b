/** What `tidemark changes` does. */
import { changesSince, feedEndOf } from '../../db/queries/answers/changes.ts';
import { whyRefused } from '../../domain/days/epoch.ts';
import type { Options } from '../commands/changes.ts';
import type { CliContext } from '../context.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

export async function changes(
  context: CliContext,
  dataset: string | undefined,
  options: Options,
): Promise<number> {
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
