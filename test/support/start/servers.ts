/**
 * What the tests of local mode share: the programs as a start of this clone finds or prepares them, and a folder for
 * throw-away servers that the account of PostgreSQL can reach.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProcesses, waitForEnd } from '../../../scripts/start/machine/process-table.ts';
import {
  ensurePostgres,
  type PostgresInstallation,
} from '../../../scripts/start/postgres/postgres-installation.ts';
import {
  type PostgresOptions,
  type RunningPostgres,
  startPostgres,
} from '../../../scripts/start/postgres/postgres-server.ts';
import { type Place, placeForState } from '../../../scripts/start/state-folder.ts';
import { ensureTemporal, type TemporalBinary } from '../../../scripts/start/temporal/temporal-binary.ts';
import {
  type RunningTemporal,
  startTemporal,
  type TemporalOptions,
} from '../../../scripts/start/temporal/temporal-server.ts';
import { freePort } from '../../chaos/addresses.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
/** Preparing them takes a minute or two on a machine that has neither. */
export const PREPARATION_LIMIT_MS = 600_000;
/** How long servers may take to notice that their parent is gone, and to end. */
export const END_LIMIT_MS = 60_000;

export interface Bench {
  readonly place: Place;
  readonly installation: PostgresInstallation;
  readonly binary: TemporalBinary;
  /** For this test file; under a name with a blank, which people have too. */
  readonly dir: string;
  /** Everything that was reported. */
  readonly lines: string[];
  readonly postgresOptions: Omit<PostgresOptions, 'report'>;
  readonly temporalOptions: Omit<TemporalOptions, 'report'>;
  postgres(options?: Partial<PostgresOptions>): Promise<RunningPostgres>;
  temporal(options?: Partial<TemporalOptions>): Promise<RunningTemporal>;
  /** Every other process that works in the folder or names it. */
  pids(): number[];
  /** Stops what was started here, waits for what others started, removes the folder. */
  clear(): Promise<void>;
}

export async function setUpBench(): Promise<Bench> {
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  const place = await placeForState(ROOT, { report });
  const installation = await ensurePostgres({ ...place, report });
  const binary = await ensureTemporal({ toolchainDir: join(place.stateDir, 'toolchain'), report });
  const dir = mkdtempSync(join(place.serverDir, 'test local-'));
  chmodSync(dir, 0o755);
  const started: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    started.push(server);
    return server;
  };
  // Servers come back to their ports, which nobody may have taken meanwhile.
  const postgresOptions = { ...postgresIn(dir, installation, place), preferredPort: await freePort() };
  const temporalOptions = { ...temporalIn(dir, binary), preferredPort: await freePort() };
  return {
    ...{ place, installation, binary, dir, lines, postgresOptions, temporalOptions },
    postgres: async (options) => keep(await startPostgres({ ...postgresOptions, report, ...options })),
    temporal: async (options) => keep(await startTemporal({ ...temporalOptions, report, ...options })),
    pids: () => pidsIn(dir),
    clear: async () => {
      await Promise.all(started.map((server) => server.stop()));
      await waitForEnd(pidsIn(dir), END_LIMIT_MS);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function pidsIn(dir: string): number[] {
  const here = findProcesses(
    ({ args, cwd }) => cwd?.startsWith(dir) || args.some((arg) => arg.includes(dir)),
  );
  return here.map(({ pid }) => pid);
}

function postgresIn(dir: string, installation: PostgresInstallation, place: Place) {
  return {
    ...{ installation, account: place.account },
    dataDir: join(dir, 'data'),
    logFile: join(dir, 'postgres.log'),
    settings: { 'timescaledb.max_background_workers': '0', shared_buffers: '32MB' },
  };
}

function temporalIn(dir: string, binary: TemporalBinary) {
  return {
    ...{ binary, preferredUiPort: undefined, namespace: 'default' },
    dbFile: join(dir, 'temporal.db'),
    searchAttributes: { Dataset: 'Keyword' },
    logFile: join(dir, 'temporal.log'),
  };
}
