/**
 * `npm start`: from a clone to a running system. Starts what is missing (servers, simulator, worker), prepares database
 * and Temporal, loads the past month, sets the schedule, says where to look, and stays until it is told to stop.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, givenSettings, loadConfig, ROOT, stateFolder } from '../config.ts';
import { datasetPlaces } from '../config-datasets.ts';
import { type Catalog, loadCatalog, loadScripts } from '../datasets/catalog.ts';
import { openDatabase } from '../db/connection/client.ts';
import { applyScripts } from '../db/migration/dataset-scripts.ts';
import { migrate } from '../db/migration/migrate.ts';
import { registerCatalog } from '../db/migration/register.ts';
import { storageOf } from '../db/migration/storage.ts';
import { addDays } from '../domain/time/civil-day.ts';
import { today } from '../domain/time/delivery-day.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { reconcileEconomy } from '../temporal/economy.ts';
import { ensureNamespace, SIMULATED_NAMESPACE } from '../temporal/namespace.ts';
import { describeReconciled, type Reconciled, reconcileSchedules } from '../temporal/schedules.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { chooseSource } from './live-or-simulated.ts';
import { runNodeProcess, startNodeProcess } from './machine/node-process.ts';
import { choosePort } from './machine/ports.ts';
import { rememberRunning } from './running.ts';
import { provideDatabase, provideTemporal } from './servers.ts';
import { placeForState } from './state-folder.ts';
import { Stops, whenTold } from './stops.ts';
import { welcome } from './welcome.ts';

const DATASET = 'jao-core.max-exchanges';
const DAYS = 31;

const HELP = `npm start [-- --simulate]

Starts everything on this machine and loads the past month of ${DATASET}.

  --simulate   use the bundled simulator, also where the publisher can be reached
  --help       show this

Settings (environment): DATABASE_URL, TEMPORAL_ADDRESS, JAO_BASE_URL, PORT, LOG_LEVEL; see README.md.`;

const report = (line: string) => console.log(`· ${line}`);

interface Start {
  readonly simulate: boolean;
  readonly stops: Stops;
  /** Called when a part that should run has ended. */
  readonly onEnd: (what: string) => void;
  /** Aborted when a person ends the start before it is done: nothing more is begun then. */
  readonly told: AbortSignal;
}

/** Runs until told to stop. Resolves with the exit code when everything that was started is gone. */
export async function up(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if ('exitCode' in options) return options.exitCode;
  const stops = new Stops();
  const told = new AbortController();
  let ready = false;
  try {
    const { promise: ended, onEnd } = endOfAPart();
    const started = start({ ...options, stops, onEnd, told: told.signal }).then(() => {
      ready = true;
      return ended;
    });
    const signal = await Promise.race([whenTold(), ended, started]);
    console.log(`\n· ${signal}: stopping what was started here.`);
    return ready ? 0 : 130;
  } catch (error) {
    console.error(`\ntidemark: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    told.abort();
    await stops.stopAll(report);
  }
}

function readArguments(args: readonly string[]): { simulate: boolean } | { exitCode: number } {
  try {
    const flags = { simulate: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values } = parseArgs({ args: [...args], options: flags });
    if (!values.help) return { simulate: values.simulate ?? false };
    console.log(HELP);
    return { exitCode: 0 };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return { exitCode: 2 };
  }
}

/** Rejects when a part ends that nobody told to. */
function endOfAPart(): { promise: Promise<never>; onEnd: (what: string) => void } {
  let onEnd: (what: string) => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    onEnd = (what) => reject(new Error(`${what} has ended by itself`));
  });
  promise.catch(() => {});
  return { promise, onEnd };
}

async function start({ simulate, stops, onEnd, told }: Start): Promise<void> {
  const given = givenSettings();
  const place = await placeForState(ROOT, { stateDir: stateFolder(), report });
  const { stateDir } = place;
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  const catalog = await loadCatalog(datasetPlaces());
  const dataset = catalog.get(DATASET);
  // Wrong settings are named before anything is started; a database that is not set will be provided.
  loadConfig([dataset.source], given.databaseUrl ? {} : { DATABASE_URL: 'postgres://provided' });
  const to = addDays(today(dataset, Date.now()), -1);
  const from = addDays(to, 1 - DAYS);

  const common = { given, root: ROOT, stops, report };
  const source = await chooseSource({ ...common, dataset, day: to, simulate, stateDir });
  const servers = { ...common, place, simulated: source.simulated, onEnd };
  told.throwIfAborted();
  const database = await provideDatabase(servers);
  told.throwIfAborted();
  const temporal = await provideTemporal(servers);
  told.throwIfAborted();
  const settings = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
    ...(temporal.namespace ? { TEMPORAL_NAMESPACE: temporal.namespace } : {}),
    [dataset.source.baseUrl.setting]: source.baseUrl,
  };
  const config = loadConfig([dataset.source], settings);
  stops.push('the note of what runs', rememberRunning(stateDir, settings));

  await prepare(catalog, config);
  told.throwIfAborted();
  const [apiUrl] = await Promise.all([
    startApi(settings, config.api.port, stateDir, stops, onEnd),
    startWorker(settings, stateDir, stops, onEnd),
  ]);
  told.throwIfAborted();
  await backfill(settings, from, to, told);
  told.throwIfAborted();
  await schedule(catalog, config);
  told.throwIfAborted();
  const { schema, table } = storageOf(DATASET);
  const relation = `${schema}.${table}`;
  const { tickMinutes } = dataset.pull.polling;
  const { uiUrl } = temporal;
  const { readerUrl } = database;
  const running = {
    simulated: source.simulated,
    apiUrl,
    uiUrl,
    readerUrl,
    dataset: DATASET,
    relation,
    day: to,
    tickMinutes,
  };
  console.log(welcome(running));
}

async function prepare({ all }: Catalog, config: Config): Promise<void> {
  const ran = await migrate(config.databaseUrl, report);
  const application = 'tidemark start';
  const database = openDatabase({ url: config.databaseUrl, role: 'tidemark_writer', application });
  await registerCatalog(database, all).finally(() => database.end());
  await applyScripts(config.databaseUrl, await loadScripts(datasetPlaces()));
  const temporal = await connectTemporal(config.temporal);
  try {
    if (temporal.namespace === SIMULATED_NAMESPACE) await ensureNamespace(temporal);
    await ensureSearchAttributes(temporal);
  } finally {
    await temporal.close();
  }
  report(ran.length > 0 ? `The database was migrated (${ran.join(', ')}).` : 'The database is up to date.');
}

async function startWorker(
  settings: Readonly<Record<string, string>>,
  stateDir: string,
  stops: Stops,
  onEnd: (what: string) => void,
): Promise<void> {
  const logFile = join(stateDir, 'logs', 'worker.log');
  const program = ['--import', 'tsx/esm', 'workers/main.ts'];
  const worker = await startNodeProcess({
    name: 'the worker',
    stops,
    program,
    root: ROOT,
    settings,
    logFile,
  });
  void worker.exited.then(() => onEnd(`the worker (see ${logFile})`));
  report(`A worker is ready (log: ${logFile}).`);
}

/** For this machine only, and open for reading. @returns where it listens. */
async function startApi(
  settings: Readonly<Record<string, string>>,
  preferred: number,
  stateDir: string,
  stops: Stops,
  onEnd: (what: string) => void,
): Promise<string> {
  const logFile = join(stateDir, 'logs', 'api.log');
  const purpose = 'the page and API';
  const port = await choosePort({ purpose, preferred, file: join(stateDir, 'api.port'), report });
  const api = await startNodeProcess({
    name: 'the API',
    stops,
    program: ['--import', 'tsx/esm', 'api/main.ts'],
    root: ROOT,
    settings: { ...settings, HOST: '127.0.0.1', PORT: String(port), API_ACCESS: 'open' },
    logFile,
  });
  void api.exited.then(() => onEnd(`the API (see ${logFile})`));
  const { url } = api.said as { url: string };
  report(`The page and API are at ${url} (log: ${logFile}).`);
  return url;
}

/** In a process of its own: the same command, progress bar and verdict that a person would get. */
async function backfill(
  settings: Readonly<Record<string, string>>,
  from: string,
  to: string,
  told: AbortSignal,
): Promise<void> {
  report(`Loading ${DATASET} from ${from} to ${to}.`);
  const program = ['cli/tidemark.js', 'backfill', DATASET, '--from', from, '--to', to, '--wait'];
  const exitCode = await runNodeProcess({ program, root: ROOT, settings, signal: told });
  if (exitCode !== 0)
    report(`Some days are not complete; polling goes on trying ("npx tidemark days ${DATASET}").`);
}

async function schedule({ asked, all }: Catalog, config: Config): Promise<void> {
  const temporal = await connectTemporal(config.temporal);
  try {
    for (const reconciled of await reconcileSchedules(temporal, asked))
      if (!isUsual(reconciled)) report(`Schedule ${describeReconciled(reconciled)}.`);
    await reconcileEconomy(temporal, all);
  } finally {
    await temporal.close();
  }
}

function isUsual({ outcome, paused }: Reconciled): boolean {
  return (outcome === 'made' || outcome === 'as it should be') && paused === null;
}
