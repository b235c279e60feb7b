/**
 * TimescaleDB from docker-compose.yml, where a Docker engine answers. The compose file is the single source of user,
 * password and port, so they are read from it.
 */
import { type Report, runCommand, tryCommand } from '../machine/run-command.ts';

export interface DockerOptions {
  readonly composeFile: string;
  readonly report: Report;
  /** PATH in which to find `docker`, instead of the inherited one. */
  readonly searchPath?: string;
}

export interface DockerDatabase {
  readonly adminUrl: string;
  /** Stops the container if this start has started it; its volume stays. */
  stop(): Promise<void>;
}

const SERVICE = 'timescaledb';
const CONTAINER_PORT = '5432';
/** An engine that does not answer must not hold up the start. */
const DETECTION_LIMIT_MS = 10_000;

/** Starts the database service; resolves with undefined, after reporting why, when that is impossible. */
export async function dockerDatabase(options: DockerOptions): Promise<DockerDatabase | undefined> {
  const { composeFile, report, searchPath } = options;
  const variables = searchPath === undefined ? {} : { PATH: searchPath };
  const asks = [['compose', 'version'], ['info']];
  for (const ask of asks) {
    if ((await tryCommand(['docker', ...ask], { variables, limitMs: DETECTION_LIMIT_MS })) === undefined)
      return undefined;
  }
  const compose = (...args: string[]): Promise<string> =>
    runCommand(['docker', 'compose', '--file', composeFile, ...args], { variables });
  try {
    const wasRunning = (await compose('ps', '--quiet', '--status', 'running', SERVICE)).trim() !== '';
    if (!wasRunning)
      report(`Starting ${SERVICE} with docker compose (the first time its image is downloaded).`);
    await compose('up', '--detach', '--wait', SERVICE);
    const adminUrl = await urlOf(compose);
    return { adminUrl, stop: async () => void (wasRunning || (await compose('stop', SERVICE))) };
  } catch (error) {
    report(
      `docker compose did not give a database: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

/** User and password as the compose file sets them for the image, the address as the engine published it. */
async function urlOf(compose: (...args: string[]) => Promise<string>): Promise<string> {
  const { services } = JSON.parse(await compose('config', '--format', 'json')) as {
    services: Record<string, { environment?: Record<string, string | null> }>;
  };
  const { POSTGRES_USER: user, POSTGRES_PASSWORD: password } = services[SERVICE]?.environment ?? {};
  const published = (await compose('port', SERVICE, CONTAINER_PORT)).trim().split('\n')[0] ?? '';
  const url = new URL(`postgres://${published.replace(/^(0\.0\.0\.0|\[::\])/, '127.0.0.1')}/postgres`);
  url.username = encodeURIComponent(user ?? 'postgres');
  url.password = encodeURIComponent(password ?? '');
  return url.href;
}
