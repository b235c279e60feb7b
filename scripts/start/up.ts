/**
 * `npm start`: from a clone to a running system. Starts what is missing (servers, simulator, worker), prepares database
 * and Temporal, loads the past month, sets the schedule, prints where everything is, and runs until it is stopped.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Config, givenSettings, loadConfig, stateFolder } from '../../config/config.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { ROOT } from '../../config/installation.ts';
import { type Catalog, loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import type { Chosen } from '../../db/migration/dataset-scripts.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { seriesNames } from '../../db/queries/catalog/series.ts';
import { costOfMonth, describeCost } from '../../domain/backfill/month-cost.ts';
import type { Dataset, ScheduledDataset } from '../../domain/dataset/dataset.ts';
import { withInputs } from '../../domain/dataset/enabling.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { catchUpRange } from '../../domain/days/polling.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import type { Beginning } from '../../temporal/schedules.ts';
import { type ChosenSources, chooseSources } from './choose-sources.ts';
import { Stops, whenSignalled } from './machine/node-process.ts';
import { type Choice, NOT_SIMULATED, prepare, schedule } from './prepare.ts';
import { choosePageUrl, type DaysToLoad, loadDays, startApi, startWorker } from './processes.ts';
import { provideDatabase, provideTemporal } from './servers.ts';
import { placeForState, rememberRunning } from './state-folder.ts';
import { type ExampleOfData, welcome } from './welcome.ts';

const STEP_LIMIT_MS = 5_000;

const HELP = `npm start [-- --simulate] [--all]

Starts everything on this machine and loads the past month of the enabled datasets that are published day by day: of
one at once, of the others behind the running system. In a new database a few datasets are enabled, the others are
dormant; "npx tidemark enable" enables more.

  --simulate   use the bundled simulator, also where the publisher can be reached
  --all        enable every dataset that needs no key
  --help       show this

Settings (environment): DATABASE_URL, TEMPORAL_ADDRESS, TIDEMARK_DATASETS, TIDEMARK_ENABLED, PORT, LOG_LEVEL and those of sources; see
docs/reference/settings.md.`;

const report = (line: string) => console.log(`· ${line}`);

interface Start extends Options {
  readonly stops: Stops;
  /** Called when a part that should run has ended. */
  readonly onEnd: (what: string) => void;
  /** Aborted when the start is interrupted: nothing more is begun then. */
  readonly stopping: AbortSignal;
}

interface Options {
  readonly simulate: boolean;
  /** Enable every dataset that needs no key. */
  readonly all: boolean;
}

/** Runs until stopped. Resolves with the exit code when everything that was started has ended. */
export async function up(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if ('exitCode' in options) return options.exitCode;
  const stops = new Stops();
  const stopping = new AbortController();
  const { promise: ended, onEnd } = endOfAPart();
  let ready = false;
  const started = start({ ...options, stops, onEnd, stopping: stopping.signal }).then(() => {
    ready = true;
  });
  try {
    const signal = await Promise.race([whenSignalled(), ended, started.then(() => ended)]);
    console.log(`\n· ${signal}: stopping what was started here.`);
    return ready ? 0 : 130;
  } catch (error) {
    console.error(`\ntidemark: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    stopping.abort();
    await stops.stopAll(report);
    // A step of the start that is in progress fails now, or begins nothing more; an installation may take minutes.
    await Promise.race([started.catch(() => {}), delay(STEP_LIMIT_MS)]);
  }
}

function readArguments(args: readonly string[]): Options | { exitCode: number } {
  try {
    const flag = { type: 'boolean' } as const;
    const flags = { simulate: flag, all: flag, help: { ...flag, short: 'h' } } as const;
    const { values } = parseArgs({ args: [...args], options: flags });
    if (!values.help) return { simulate: values.simulate ?? false, all: values.all ?? false };
    console.log(HELP);
    return { exitCode: 0 };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return { exitCode: 2 };
  }
}

/** Rejects when a part ends unexpectedly. */
function endOfAPart(): { promise: Promise<never>; onEnd: (what: string) => void } {
  let onEnd: (what: string) => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    onEnd = (what) => reject(new Error(`${what} has ended by itself`));
  });
  promise.catch(() => {});
  return { promise, onEnd };
}

async function start({ simulate, all, stops, onEnd, stopping }: Start): Promise<void> {
  const given = givenSettings();
  const place = await placeForState(ROOT, { stateDir: stateFolder(), report });
  const { stateDir } = place;
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  const catalog = await loadCatalog(datasetPlaces());
  // Wrong settings are reported before anything is started; a database that is not set will be provided.
  const { sourceSettings } = loadConfig(
    catalog.sources,
    given.databaseUrl ? {} : { DATABASE_URL: 'postgres://provided' },
  );

  const common = { given, root: ROOT, stops, report };
  const sources = await chooseSources({
    ...{ ...common, sourceSettings, simulate, stateDir, datasets: catalog.datasets },
    day: addDays(new Date().toISOString().slice(0, 10), -2),
  });
  const { simulated, answering } = sources;
  const servers = { ...common, place, simulated, onEnd };
  stopping.throwIfAborted();
  const database = await provideDatabase(servers);
  stopping.throwIfAborted();
  const temporal = await provideTemporal(servers);
  stopping.throwIfAborted();
  const settings = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
    ...(temporal.namespace ? { TEMPORAL_NAMESPACE: temporal.namespace } : {}),
    ...sources.settings,
  };
  const config = loadConfig(catalog.sources, settings);
  const pageUrl = await choosePageUrl({ stateDir, report }, config.api.port);
  // Commands in another terminal say where the API is.
  const { port } = new URL(pageUrl);
  stops.push('the note of what runs', rememberRunning(stateDir, { ...settings, PORT: port }));

  const chosen = await prepare(catalog, config, report, choiceOf(catalog, sources, all));
  for (const { datasets, text } of sources.remarks)
    if (datasets.some((id) => chosen.enabled.has(id))) report(text);
  stopping.throwIfAborted();
  // Notifications link to the page that runs here, unless another is configured.
  const ours = {
    ...{ stateDir, stops, report, onEnd },
    settings: { ...settings, PAGE_URL: config.notify.links?.page ?? pageUrl },
  };
  const [apiUrl] = await Promise.all([startApi(ours, pageUrl), startWorker(ours)]);
  stopping.throwIfAborted();
  const [first] = leadingFirst(answering.filter(({ id }) => chosen.enabled.has(id)));
  if (first) await loadDays(ours, daysOf(first), stopping);
  stopping.throwIfAborted();
  // A publisher that does not answer now may do so later; a dataset without simulation never will.
  const unanswered = simulated ? catalog.datasets.filter((dataset) => !answering.includes(dataset)) : [];
  await schedule(catalog, chosen, beginningOf(unanswered), config, report);
  stopping.throwIfAborted();
  const { uiUrl } = temporal;
  const { readerUrl } = database;
  const shown = first && (await exampleOf(config, first, daysOf(first).to));
  const dormant = describeDormant(catalog, sources, chosen, config);
  console.log(welcome({ simulated, apiUrl, uiUrl, readerUrl, shown, dormant }));
}

function beginningOf(unanswered: readonly ScheduledDataset[]): (dataset: ScheduledDataset) => Beginning {
  return (dataset) => (unanswered.includes(dataset) ? { pausedFor: NOT_SIMULATED } : 'polls at once');
}

function leadingFirst(datasets: readonly PulledPoints[]): PulledPoints[] {
  const rank = ({ leading = false }: PulledPoints) => (leading ? 0 : 1);
  return datasets.toSorted((a, b) => rank(a) - rank(b));
}

/** What the first poll catches up on: the same backfill. */
function daysOf(dataset: PulledPoints): DaysToLoad {
  return { dataset: dataset.id, ...catchUpRange(dataset, Date.now()) };
}

/** A new database gets what the first screen of the page shows; with `--all` everything that needs no key is enabled. */
function choiceOf({ all, datasets }: Catalog, { answering }: ChosenSources, isAll: boolean): Choice {
  const keyless = all.filter((each) => !datasets.some(({ id }) => id === each.id) || isIn(answering, each));
  const first = all.filter(({ leading = false }) => leading).map(({ id }) => id);
  return { first, always: isAll ? withInputs(keyless) : [] };
}

/** In one line: how to enable more, and what it costs. Undefined where all that could be enabled is. */
function describeDormant(
  { all }: Catalog,
  { answering }: ChosenSources,
  { enabled }: Chosen,
  { sourceSettings }: Config,
): string | undefined {
  const more = answering.filter(({ id }) => !enabled.has(id));
  const dormant = all.filter(({ id }) => !enabled.has(id)).length;
  if (dormant === 0) return undefined;
  const cost = describeCost(costOfMonth(more, sourceSettings, Date.now()));
  return `${dormant} more datasets are dormant: npx tidemark enable 'jao-core.*', or npm start -- --all (${cost} for their past month)`;
}

function isIn(datasets: readonly Dataset[], { id }: Dataset): boolean {
  return datasets.some((each) => each.id === id);
}

/** The dataset, day and series in the examples of the welcome text. */
async function exampleOf(
  config: Config,
  { id, pull }: PulledPoints,
  day: CivilDay,
): Promise<ExampleOfData | undefined> {
  const { databaseUrl: url } = config;
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark start' });
  const [series] = await seriesNames(database, id).finally(() => database.end());
  if (!series) return undefined;
  const { schema, table } = storageOf(id);
  const { tickMinutes } = pull.polling;
  return { dataset: id, relation: `${schema}.${table}`, day, series, tickMinutes };
}
