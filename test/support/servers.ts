/**
 * What integration tests run on, once per run: a private PostgreSQL with TimescaleDB that ends with the run, with a
 * migrated database to clone, and the Temporal server's program (each test file starts a server of its own in memory).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../config.ts';
import { datasetPlaces } from '../../config-datasets.ts';
import { loadCatalog, loadScripts } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { applyScripts } from '../../db/migration/dataset-scripts.ts';
import { migrate } from '../../db/migration/migrate.ts';
import { registerCatalog } from '../../db/migration/register.ts';
import { ensureDatabase, withDatabase } from '../../start/postgres/application-database.ts';
import { ensurePostgres } from '../../start/postgres/postgres-installation.ts';
import { startPostgres } from '../../start/postgres/postgres-server.ts';
import { placeForState } from '../../start/state-folder.ts';
import { ensureTemporal, type TemporalBinary } from '../../start/temporal/temporal-binary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL. */
    adminUrl: string;
    /** Migrated, without datasets. */
    templateDatabase: string;
    /** With every dataset that tests have. */
    templateOfAll: string;
    temporalBinary: TemporalBinary;
  }
}

const TEMPLATE = 'tidemark_template';
const TEMPLATE_OF_ALL = 'tidemark_template_of_all';
/** What a test loses in a crash of the machine is of no use to anybody; what it tests is not durability of the disk. */
const FAST = { fsync: 'off', full_page_writes: 'off', 'timescaledb.max_background_workers': '0' };
const report = (line: string) => console.log(`· ${line}`);

interface Servers {
  readonly adminUrl: string;
  readonly temporalBinary: TemporalBinary;
  stop(): Promise<void>;
}

/** Vitest calls this once a project, with modules of its own each time: what a run starts once stands where all see it. */
const ofRun = globalThis as { tidemarkTestServers?: Promise<Servers> | undefined };

export default async function provideServers(project: TestProject): Promise<() => Promise<void>> {
  ofRun.tidemarkTestServers ??= startServers(datasetPlaces(project.config.env));
  const { adminUrl, temporalBinary } = await ofRun.tidemarkTestServers;
  project.provide('adminUrl', adminUrl);
  project.provide('templateDatabase', TEMPLATE);
  project.provide('templateOfAll', TEMPLATE_OF_ALL);
  project.provide('temporalBinary', temporalBinary);
  return async () => {
    const servers = await ofRun.tidemarkTestServers;
    ofRun.tidemarkTestServers = undefined;
    await servers?.stop();
  };
}

async function startServers(places: readonly string[]): Promise<Servers> {
  const place = await placeForState(ROOT, { report });
  const temporalBinary = await ensureTemporal({ toolchainDir: join(place.stateDir, 'toolchain'), report });
  const installation = await ensurePostgres({ ...place, report });
  const folder = mkdtempSync(join(place.serverDir, 'test-'));
  chmodSync(folder, 0o755);
  const server = await startPostgres({
    ...{ installation, account: place.account, preferredPort: 0, settings: FAST, report },
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
  });
  await ensureDatabase(server.adminUrl, TEMPLATE);
  await migrate(withDatabase(server.adminUrl, TEMPLATE));
  await makeTemplateOfAll(server.adminUrl, places);
  return {
    adminUrl: server.adminUrl,
    temporalBinary,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplateOfAll(adminUrl: string, places: readonly string[]): Promise<void> {
  const url = withDatabase(adminUrl, TEMPLATE_OF_ALL);
  await ensureDatabase(adminUrl, TEMPLATE_OF_ALL);
  await migrate(url);
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark test' });
  await registerCatalog(database, (await loadCatalog(places)).all);
  await database.end();
  await applyScripts(url, await loadScripts(places));
}
