/** `tidemark enable` and `tidemark disable`: choose which datasets this installation runs. */
import type { Command } from 'commander';
import { switchByHand } from '../../db/migration/enabling.ts';
import { enablings } from '../../db/queries/catalog/enabling.ts';
import { costOfMonth, describeCost } from '../../domain/backfill/month-cost.ts';
import { chosenIds, describeSwitched } from '../../domain/dataset/enabling.ts';
import { beginWork, endWork } from '../../temporal/enabling.ts';
import { operator } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { instant } from '../table.ts';

interface Options {
  readonly by?: string;
  readonly json?: true;
}

const DATASETS = "ids or patterns, such as 'jao-core.*' in quotes";

export function enableCommand(command: Command, run: Run): void {
  command
    .argument('[datasets...]', DATASETS)
    .option('--by <name>', 'who enables (default: your user name)')
    .option('--json', 'print JSON')
    .action((datasets: string[], options: Options) =>
      run(options.json, (context) => setAll(context, true, datasets, options)),
    );
}

export function disableCommand(command: Command, run: Run): void {
  command
    .argument('<datasets...>', DATASETS)
    .option('--by <name>', 'who disables (default: your user name)')
    .option('--json', 'print JSON')
    .action((datasets: string[], options: Options) =>
      run(options.json, (context) => setAll(context, false, datasets, options)),
    );
}

/** @throws Failure UNKNOWN_DATASET; BAD_INPUT where the setting decides, or an input is missing */
async function setAll(
  context: CliContext,
  enabled: boolean,
  patterns: readonly string[],
  { by }: Options,
): Promise<number> {
  const { catalog } = context;
  if (patterns.length === 0) return await list(context);
  const ids = chosenIds(catalog.all, patterns);
  // Before anything is changed: without a server there are no schedules.
  const temporal = await context.temporal();
  const change = { ids, enabled, by: operator(by) };
  const changed = await switchByHand(context.database(), catalog.all, change);
  // For all of them: an earlier attempt may have ended half-way.
  await (enabled ? beginWork(temporal, catalog, ids) : endWork(temporal, ids));
  const results = ids.map((dataset) => ({ dataset, enabled, changed: changed.includes(dataset) }));
  context.print(results, () =>
    results
      .map((result) => describeSwitched(result, catalog.all, costOf(context, result.dataset)))
      .join('\n'),
  );
  return 0;
}

function costOf({ catalog, config }: CliContext, id: string): string {
  return describeCost(costOfMonth([catalog.find(id)], config.sourceSettings, Date.now()));
}

async function list(context: CliContext): Promise<number> {
  const known = await enablings(context.database());
  const datasets = context.catalog.all.map(({ id }) => known.get(id) ?? { ...NEVER, dataset: id });
  context.print(datasets, () =>
    datasets
      .map(({ dataset, enabled, switchedAt, switchedBy }) => {
        const since = switchedAt === null ? '' : ` since ${instant(switchedAt)}, by ${switchedBy}`;
        return `${enabled ? 'enabled' : 'dormant'}  ${dataset}${since}`;
      })
      .join('\n'),
  );
  return 0;
}

const NEVER = { enabled: false, switchedAt: null, switchedBy: null };
