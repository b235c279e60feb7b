/** An API as a process of its own, open to everybody on this machine. */
import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { ROOT } from '../../config/installation.ts';

export interface ApiProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param settings beside those of the database and the port. */
export async function startApi(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const port = await freePort();
  const env = {
    ...process.env,
    ...{ DATABASE_URL: databaseUrl, PORT: String(port), API_ACCESS: 'open', LOG_LEVEL: 'error' },
    ...{ API_REQUESTS_PER_MINUTE: '1000000', ...settings },
  };
  const child: ChildProcess = fork(`${ROOT}api/main.ts`, { execArgv: ['--import', 'tsx/esm'], env });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the API ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
