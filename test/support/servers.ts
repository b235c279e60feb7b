/**
 * What integration tests run on, once per run: a private PostgreSQL with TimescaleDB that ends with the run, with
 * databases to clone, the Temporal server's program (each test file starts a server of its own in memory), and our own
 * programs compiled.
 */
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { datasetPlaces } from '../../config/datasets.ts';
import { ROOT } from '../../config/installation.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { migrate } from '../../db/migration/migrate.ts';
import { compileInto } from '../../scripts/compile.ts';
import { startPostgres } from '../../scripts/start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../../scripts/start/postgres/postgres-settings.ts';
import { makeFolder } from '../../scripts/start/state-folder.ts';
import type { TemporalBinary } from '../../scripts/start/temporal/temporal-binary.ts';
import { ensureToolchain } from '../../scripts/toolchain.ts';
import { provideCompiled } from './program.ts';
import { registerDatasets } from './register-datasets.ts';
import { inMemory, makeRunFolder } from './run-folder.ts';
import { scramVerifier } from './scram.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL. */
    adminUrl: string;
    /** Migrated, without datasets. */
    templateDatabase: string;
    /** With every dataset that tests have. */
    templateOfAll: string;
    /** Ends a statement that clones one of them. */
    cloning: string;
    temporalBinary: TemporalBinary;
  }
}

const TEMPLATE = 'tidemark_template';
const TEMPLATE_OF_ALL = 'tidemark_template_of_all';
/** What a test loses in a crash of the machine is of no use to anybody; what it tests is not durability of the disk. */
const FAST = { fsync: 'off', full_page_writes: 'off', 'timescaledb.max_background_workers': '0' };
/** Everything, without a check of types, which is a guard of its own. */
const COMPILER_OPTIONS = '-p . --noEmit false --noCheck --rewriteRelativeImportExtensions --rootDir .';
const report = (line: string) => console.log(`· ${line}`);

interface Servers {
  readonly adminUrl: string;
  readonly cloning: string;
  readonly temporalBinary: TemporalBinary;
  stop(): Promise<void>;
}

/** Vitest calls this once a project, with modules of its own each time: what a run starts once stands where all see it. */
const ofRun = globalThis as { tidemarkTestServers?: Promise<Servers> | undefined };

export default async function provideServers(project: TestProject): Promise<() => Promise<void>> {
  ofRun.tidemarkTestServers ??= startServers(datasetPlaces(project.config.env));
  const { adminUrl, cloning, temporalBinary } = await ofRun.tidemarkTestServers;
  project.provide('adminUrl', adminUrl);
  project.provide('templateDatabase', TEMPLATE);
  project.provide('templateOfAll', TEMPLATE_OF_ALL);
  project.provide('cloning', cloning);
  project.provide('temporalBinary', temporalBinary);
  return async () => {
    const servers = await ofRun.tidemarkTestServers;
    ofRun.tidemarkTestServers = undefined;
    await servers?.stop();
  };
}

async function startServers(places: readonly string[]): Promise<Servers> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    return { ...(await prepare(places, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(places: readonly string[], stops: (() => unknown)[]) {
  const newFolder = (parent: string) => {
    const folder = makeRunFolder(parent);
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const compiled = newFolder(makeFolder(join(ROOT, '.tidemark')));
  const [{ place, temporalBinary, installation }] = await Promise.all([
    ensureToolchain(),
    compileInto(compiled, ...COMPILER_OPTIONS.split(' ')),
  ]);
  provideCompiled(compiled);
  const folder = newFolder(inMemory(place.serverDir));
  chmodSync(folder, 0o755);
  const { adminUrl, stop } = await startPostgres({
    ...{ installation, account: place.account, preferredPort: 0, settings: FAST, report },
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
  });
  stops.push(stop);
  await weakenLogin(adminUrl);
  await ensureDatabase(adminUrl, TEMPLATE);
  await migrate(withDatabase(adminUrl, TEMPLATE));
  // By file, not through the log: half the time. PostgreSQL 14 knows no other way, and no word for it.
  const cloning = installation.major >= 15 ? 'strategy file_copy' : '';
  await makeTemplateOfAll(adminUrl, cloning, places);
  return { adminUrl, cloning, temporalBinary };
}

/** Keeps the password as hashed once, not 4,096 times: a run opens some thousand sessions, each of which hashes it again. */
async function weakenLogin(adminUrl: string): Promise<void> {
  const { username, password } = new URL(adminUrl);
  const admin = openDatabase({ url: adminUrl, application: 'tidemark test' });
  await admin
    .query(`alter role ${username} password '${scramVerifier(password, 1)}'`)
    .finally(() => admin.end());
}

async function makeTemplateOfAll(
  adminUrl: string,
  cloning: string,
  places: readonly string[],
): Promise<void> {
  const admin = openDatabase({ url: adminUrl, application: 'tidemark test' });
  await admin
    .query(`create database ${TEMPLATE_OF_ALL} template ${TEMPLATE} ${cloning}`)
    .finally(() => admin.end());
  const url = withDatabase(adminUrl, TEMPLATE_OF_ALL);
  // A clone has no grants on the database itself.
  await migrate(url);
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark test' });
  const { all } = await loadCatalog(places);
  await registerDatasets({ url, database }, all, [...places]).finally(() => database.end());
}
