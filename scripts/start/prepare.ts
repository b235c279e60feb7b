/** Prepares what must exist before anything runs: migrations, datasets, search attributes; and schedules once data is there. */
import type { Config } from '../../config/config.ts';
import { datasetPlaces, enabledPatterns } from '../../config/datasets.ts';
import { type Catalog, loadScripts } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { type Chosen, chosenIn, prepareDatasets } from '../../db/migration/dataset-scripts.ts';
import { switchByHand } from '../../db/migration/enabling.ts';
import { migrate } from '../../db/migration/migrate.ts';
import type { ScheduledDataset } from '../../domain/dataset/dataset.ts';
import { connectTemporal } from '../../temporal/connection.ts';
import { reconcileAll } from '../../temporal/enabling.ts';
import { ensureNamespace } from '../../temporal/namespace.ts';
import { type Beginning, describeReconciled, type Reconciled } from '../../temporal/schedules.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import type { Report } from './machine/run-command.ts';

/** @returns which datasets are enabled */
export async function prepare(
  catalog: Catalog,
  config: Config,
  report: Report,
  choice: Choice,
): Promise<Chosen> {
  const ran = await migrate(config.databaseUrl, report);
  const chosen = await chooseDatasets(catalog, config, choice);
  const temporal = await connectTemporal(config.temporal);
  try {
    await ensureNamespace(temporal);
    await ensureSearchAttributes(temporal);
  } finally {
    await temporal.close();
  }
  report(ran.length > 0 ? `The database was migrated (${ran.join(', ')}).` : 'The database is up to date.');
  return chosen;
}

/** What is enabled here; nothing of it where the setting TIDEMARK_ENABLED decides. */
export interface Choice {
  /** In a database in which nothing was ever enabled. */
  readonly first: readonly string[];
  /** At every start: `--all`. */
  readonly always: readonly string[];
}

async function chooseDatasets(
  { all }: Catalog,
  { databaseUrl: url }: Config,
  { first, always }: Choice,
): Promise<Chosen> {
  const setting = enabledPatterns();
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark start' });
  try {
    const chosen = await prepareDatasets({ url, database }, all, await loadScripts(datasetPlaces()), setting);
    const ids = chosen.stored.size === 0 ? [...new Set([...first, ...always])] : always;
    if (setting !== undefined || ids.length === 0) return chosen;
    await switchByHand(database, all, { ids, enabled: true, by: 'npm start' });
    return await chosenIn(database);
  } finally {
    await database.end();
  }
}

/** @param beginning of a schedule that is made here */
export async function schedule(
  catalog: Catalog,
  chosen: Chosen,
  beginning: (dataset: ScheduledDataset) => Beginning,
  config: Config,
  report: Report,
): Promise<void> {
  const temporal = await connectTemporal(config.temporal);
  const installation = { catalog, ...chosen, settings: config.sourceSettings };
  try {
    for (const reconciled of await reconcileAll(temporal, installation, beginning))
      if (!isUsual(reconciled)) report(`Schedule ${describeReconciled(reconciled)}.`);
  } finally {
    await temporal.close();
  }
}

/** Why the schedule of a dataset without a simulation is created paused. */
export const NOT_SIMULATED = 'it is not simulated';

function isUsual({ outcome, paused }: Reconciled): boolean {
  const isOurs = paused === null || paused === NOT_SIMULATED;
  return isOurs && ['made', 'removed', 'as it should be'].includes(outcome);
}
