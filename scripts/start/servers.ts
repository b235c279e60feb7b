/** The two servers: the configured ones, else local ones that run as long as `npm start`. */
import { join } from 'node:path';
import type { GivenSettings } from '../../config/config.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/workflow/ids.ts';
import { SIMULATED_NAMESPACE } from '../../temporal/namespace.ts';
import type { Stops } from './machine/node-process.ts';
import type { Report } from './machine/run-command.ts';
import { dockerDatabase } from './postgres/docker-database.ts';
import { majorOfData } from './postgres/postgres-data.ts';
import { ensurePostgres, findPostgres } from './postgres/postgres-installation.ts';
import { startPostgres } from './postgres/postgres-server.ts';
import {
  ensureDatabase,
  LIVE_DATABASE,
  SIMULATED_DATABASE,
  withDatabase,
} from './postgres/postgres-settings.ts';
import type { Place } from './state-folder.ts';
import { ensureTemporal } from './temporal/temporal-binary.ts';
import { startTemporal } from './temporal/temporal-server.ts';

interface ServerOptions {
  readonly place: Place;
  readonly given: GivenSettings;
  readonly root: string;
  readonly simulated: boolean;
  readonly stops: Stops;
  readonly report: Report;
  /** Called when a server that should run has ended. */
  readonly onEnd: (what: string) => void;
}

export interface ChosenDatabase {
  /** For our processes, with password. */
  readonly url: string;
  /** For traders, without password; undefined where we do not know their login. */
  readonly readerUrl: string | undefined;
}

/** @throws Error with the choices when no database can be had. */
export async function provideDatabase(options: ServerOptions): Promise<ChosenDatabase> {
  const { given, simulated } = options;
  if (given.databaseUrl) {
    // The configured database is for live data; simulated data goes into another one on the same server.
    const url = simulated ? withDatabase(given.databaseUrl, SIMULATED_DATABASE) : given.databaseUrl;
    if (simulated) await ensureDatabase(given.databaseUrl, SIMULATED_DATABASE);
    return { url, readerUrl: undefined };
  }
  const database = simulated ? SIMULATED_DATABASE : LIVE_DATABASE;
  const { adminUrl, readerUrlFor } = await provideServer(options);
  await ensureDatabase(adminUrl, database);
  return { url: withDatabase(adminUrl, database), readerUrl: readerUrlFor?.(database) };
}

/** The machine's own PostgreSQL, else Docker's, else one from the package manager. */
async function provideServer(
  options: ServerOptions,
): Promise<{ adminUrl: string; readerUrlFor?: (database: string) => string }> {
  const { place, report, root, stops, onEnd } = options;
  const dataDir = join(place.serverDir, 'postgres', 'data');
  const { serverDir, account } = place;
  const search = { serverDir, account, major: majorOfData(dataDir), report };
  let installation = await findPostgres(search);
  if (!installation && search.major === undefined) {
    const docker = await dockerDatabase({ composeFile: join(root, 'docker-compose.yml'), report });
    if (docker) {
      stops.push('the database container', () => docker.stop());
      // The compose file's password is for this machine's loopback and no secret.
      return {
        adminUrl: docker.adminUrl,
        readerUrlFor: (database) => withDatabase(docker.adminUrl, database),
      };
    }
  }
  installation ??= await ensurePostgres(search);
  const { version, timescaledbVersion } = installation;
  const logFile = join(serverDir, 'postgres', 'postgres.log');
  const server = await startPostgres({
    installation,
    dataDir,
    account,
    preferredPort: 5432,
    ...{ logFile, report, stops },
  });
  void server.exited.then(() => onEnd(`PostgreSQL (see ${logFile})`));
  report(`PostgreSQL ${version} with TimescaleDB ${timescaledbVersion} listens on 127.0.0.1:${server.port}.`);
  return server;
}

export interface ChosenTemporal {
  readonly address: string;
  /** Undefined for a configured server. */
  readonly uiUrl: string | undefined;
  /** Undefined: as the settings say. */
  readonly namespace: string | undefined;
}

/** @throws Error with the choices when no Temporal can be had. */
export async function provideTemporal(options: ServerOptions): Promise<ChosenTemporal> {
  const { given, place, report, simulated, stops, onEnd } = options;
  if (given.temporalAddress) {
    // A configured server may run live days, which have the same workflow ids.
    const namespace = simulated ? SIMULATED_NAMESPACE : undefined;
    if (namespace) report(`Simulated days run in namespace "${namespace}" of ${given.temporalAddress}.`);
    return { address: given.temporalAddress, uiUrl: undefined, namespace };
  }
  const binary = await ensureTemporal({ toolchainDir: join(place.stateDir, 'toolchain'), report });
  const logFile = join(place.stateDir, 'logs', 'temporal.log');
  const server = await startTemporal({
    binary,
    // Simulated and live runs must not collide: they have the same workflow ids.
    dbFile: join(place.stateDir, `temporal-${simulated ? 'simulated' : 'live'}.db`),
    preferredPort: 7233,
    preferredUiPort: 8233,
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']),
    ),
    ...{ logFile, report, stops },
  });
  void server.exited.then(() => onEnd(`Temporal (see ${logFile})`));
  report(`Temporal ${binary.version} listens on ${server.address}, its Web UI on ${server.uiUrl}.`);
  return { address: server.address, uiUrl: server.uiUrl, namespace: 'default' };
}
