/** Worker and API as processes of their own, which can be killed and started again, over servers of this run only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Database, openDatabase } from '../db/connection/client.ts';
import { migrate } from '../db/migration/migrate.ts';
import { insertKey } from '../db/queries/operation/api-keys.ts';
import { hashSecret, newSecret } from '../db/queries/operation/key-secret.ts';
import { ROOT } from '../installation.ts';
import { ensureDatabase, withDatabase } from '../start/postgres/application-database.ts';
import { startServers } from './workbench.ts';

const PROGRAMS = { worker: 'workers/main.ts', api: 'api/main.ts' } as const;
export type Program = keyof typeof PROGRAMS;

export interface EventsSystem {
  readonly database: Database;
  /** Address of the API. */
  readonly url: string;
  readonly secret: string;
  /** SIGKILL, and at once another. */
  replace(program: Program): Promise<void>;
  close(): Promise<void>;
}

export async function openEventsSystem(): Promise<EventsSystem> {
  const servers = await startServers();
  const databaseUrl = withDatabase(servers.adminUrl, 'tidemark_bench');
  await ensureDatabase(servers.adminUrl, 'tidemark_bench');
  await migrate(databaseUrl);
  const secret = await makeKey(databaseUrl);
  const port = await freePort();
  const settings = {
    ...{ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: servers.temporalAddress, PORT: String(port) },
    ...{ API_ACCESS: 'keys', LOG_LEVEL: 'error', JAO_BASE_URL: 'http://127.0.0.1:9' },
  };
  const start = async (program: Program) => {
    const child = spawn(process.execPath, ['--import', 'tsx/esm', PROGRAMS[program]], {
      ...{ cwd: ROOT, env: { ...process.env, ...settings } },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await Promise.race([once(child, 'message'), endOf(child, program)]);
    return child;
  };
  const running: Record<Program, ChildProcess> = { worker: await start('worker'), api: await start('api') };
  const database = openDatabase({ url: databaseUrl, role: 'tidemark_writer', application: 'tidemark bench' });
  return {
    ...{ database, secret, url: `http://127.0.0.1:${port}/v1/events/checkout.events` },
    async replace(program) {
      const gone = once(running[program], 'exit');
      running[program].kill('SIGKILL');
      await gone;
      running[program] = await start(program);
    },
    async close() {
      await database.end();
      for (const child of Object.values(running)) {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }
      await servers.stop();
    },
  };
}

async function endOf(child: ChildProcess, program: Program): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the ${program} ended before it was ready, with ${code}`);
}

async function makeKey(url: string): Promise<string> {
  const database = openDatabase({ url, role: 'tidemark_api', application: 'tidemark bench' });
  const secret = newSecret();
  const key = { id: 'bench', name: 'bench', role: 'operator', datasets: null, createdBy: 'bench' } as const;
  await insertKey(database, { ...key, expiresAt: null }, hashSecret(secret));
  await database.end();
  return secret;
}

/** Free a moment ago, and on this machine nobody else is about to take it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
