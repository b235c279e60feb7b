/**
 * What integration tests run on, once per run: a private PostgreSQL with TimescaleDB that ends with the run, with a
 * migrated database to clone, and the Temporal server's program (each test file starts a server of its own in memory).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../config.ts';
import { migrate } from '../../db/migration/migrate.ts';
import { ensureDatabase, withDatabase } from '../../start/postgres/application-database.ts';
import { ensurePostgres } from '../../start/postgres/postgres-installation.ts';
import { startPostgres } from '../../start/postgres/postgres-server.ts';
import { placeForState } from '../../start/state-folder.ts';
import { ensureTemporal, type TemporalBinary } from '../../start/temporal/temporal-binary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL. */
    adminUrl: string;
    templateDatabase: string;
    temporalBinary: TemporalBinary;
  }
}

const TEMPLATE = 'tidemark_template';
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
  ofRun.tidemarkTestServers ??= startServers();
  const { adminUrl, temporalBinary } = await ofRun.tidemarkTestServers;
  project.provide('adminUrl', adminUrl);
  project.provide('templateDatabase', TEMPLATE);
  project.provide('temporalBinary', temporalBinary);
  return async () => {
    const servers = await ofRun.tidemarkTestServers;
    ofRun.tidemarkTestServers = undefined;
    await servers?.stop();
  };
}

async function startServers(): Promise<Servers> {
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
  return {
    adminUrl: server.adminUrl,
    temporalBinary,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
