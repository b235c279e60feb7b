/**
 * Temporal's real server on PostgreSQL, as docker-compose.yml runs it: its version, role, schema and settings are read from there. The
 * programs are built once from Temporal's public Go module, into the toolchain folder.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { ROOT } from '../../config/installation.ts';
import { type Child, runCommand, startChild } from '../../scripts/start/machine/run-command.ts';
import { freePort } from '../chaos/addresses.ts';

type Variables = Readonly<Record<string, string>>;

interface Service {
  readonly image: string;
  readonly environment: Variables;
}

const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<'temporal' | 'temporal-role' | 'temporal-schema', Service>>;
};
const { image, environment } = services.temporal;
/** In a container they lie in a folder of its own. */
const FILES = join(ROOT, 'deploy/containers/temporal');

const PROGRAMS = { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' };
const STOP_LIMIT_MS = 20_000;

/** The folder with server and tool, of the version that the image has. @throws Error when Go is missing or the build fails. */
export async function temporalPrograms(): Promise<string> {
  const version = image.split(':')[1] ?? '';
  const toolchain = join(ROOT, '.tidemark/toolchain');
  const folder = join(toolchain, `temporal-server-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(toolchain, { recursive: true });
  const unfinished = mkdtempSync(join(toolchain, 'temporal-server-'));
  try {
    await build(unfinished, version);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Some 500 MB of sources and ten minutes of one core, in the background of whatever else runs. */
async function build(folder: string, version: string): Promise<void> {
  const packages = Object.values(PROGRAMS).map((path) => `go.temporal.io/server/${path}@v${version}`);
  await runCommand(['nice', '-n', '15', 'go', 'install', '-ldflags', '-s -w', ...packages], {
    variables: { GOBIN: folder, GOFLAGS: '-p=1' },
    cwd: folder,
    shownAs: 'go install go.temporal.io/server',
  });
  for (const [name, path] of Object.entries(PROGRAMS))
    renameSync(join(folder, path.split('/').at(-1) ?? ''), join(folder, name));
}

export interface TemporalOnPostgres {
  /** The same at each start. */
  readonly address: string;
  /** Starts it and resolves when it answers, as the health check of its container asks. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Stops it and removes its databases. */
  close(): Promise<void>;
}

/** Role, databases and tables in this PostgreSQL, and a server that is not started yet. @param adminUrl of a superuser. */
export async function temporalOnPostgres(adminUrl: string): Promise<TemporalOnPostgres> {
  const programs = await temporalPrograms();
  const { hostname, port } = new URL(adminUrl);
  await makeRole(adminUrl);
  const schema = { ...services['temporal-schema'].environment, SQL_HOST: hostname, SQL_PORT: port };
  const tool = { ...schema, PATH: `${programs}:${process.env.PATH}` };
  // Twice: the second time is that of a container that is started again.
  for (const _ of ['first', 'again']) await runCommand(['sh', join(FILES, 'schema.sh')], { variables: tool });
  const settings = { ...environment, ...(await places()), POSTGRES_SEEDS: hostname, DB_PORT: port };
  return new Server(join(programs, 'temporal-server'), settings, adminUrl);
}

class Server implements TemporalOnPostgres {
  readonly address: string;
  readonly #program: string;
  readonly #settings: Variables;
  readonly #adminUrl: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-temporal-'));
  #child: Child | undefined;

  constructor(program: string, settings: Variables, adminUrl: string) {
    this.#program = program;
    this.#settings = settings;
    this.#adminUrl = adminUrl;
    this.address = `127.0.0.1:${settings.FRONTEND_GRPC_PORT}`;
  }

  async start(): Promise<void> {
    this.#child = await startChild({
      command: [this.#program, 'start'],
      variables: this.#settings,
      logFile: join(this.#folder, 'temporal.log'),
      stopSignal: 'SIGTERM',
      stopLimitMs: STOP_LIMIT_MS,
    });
    const url = `http://127.0.0.1:${this.#settings.FRONTEND_HTTP_PORT}/api/v1/system-info`;
    while (!(await fetch(url).catch(() => undefined))?.ok)
      if (!this.#child.isRunning()) throw new Error(`Temporal ended at once${this.#child.lastWords()}`);
  }

  async kill(): Promise<void> {
    process.kill(this.#child?.pid ?? 0, 'SIGKILL');
    await this.#child?.exited;
  }

  async close(): Promise<void> {
    await this.#child?.stop();
    rmSync(this.#folder, { recursive: true });
    for (const name of ['temporal', 'temporal_visibility'])
      await asAdmin(this.#adminUrl, `drop database ${name} with (force)`);
  }
}

/** What differs from a container: files where they lie here, and ports of this machine that are free: its members keep theirs as smallint. */
async function places(): Promise<Variables> {
  const services = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];
  const names = services.flatMap((name) => [`${name}_GRPC_PORT`, `${name}_MEMBERSHIP_PORT`]);
  const ports: Record<string, string> = {};
  for (const name of ['FRONTEND_HTTP_PORT', ...names]) ports[name] = String(await freePort());
  return { ...ports, BIND_ON_IP: '127.0.0.1', DYNAMIC_CONFIG_FILE_PATH: join(FILES, 'dynamic.yaml') };
}

async function makeRole(adminUrl: string): Promise<void> {
  const [, setting = ''] = /-c (\S+)/.exec(services['temporal-role'].environment.PGOPTIONS ?? '') ?? [];
  const [name = '', value = ''] = setting.split('=');
  await asAdmin(adminUrl, `set ${name} = '${value}'`, readFileSync(join(FILES, 'role.sql'), 'utf8'));
}

async function asAdmin(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
