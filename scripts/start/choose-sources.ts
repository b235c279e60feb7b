/**
 * Live or simulated: the real publishers if any of them answers; the bundled simulator if none does, or on request. An
 * address that a person set is never replaced silently.
 */
import { join } from 'node:path';
import type { GivenSettings } from '../../config/config.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { credentialsOf, missingCredential, type Settings } from '../../domain/dataset/settings.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { ownProgram, type Stops, startNodeProcess } from './machine/node-process.ts';
import { choosePort } from './machine/ports.ts';
import type { Report } from './machine/run-command.ts';

export interface ChosenSources {
  readonly simulated: boolean;
  /** Base URLs by setting, and keys that a simulation makes up. */
  readonly settings: Readonly<Record<string, string>>;
  /** Datasets whose publisher, or its simulation, answers. */
  readonly answering: readonly PulledPoints[];
  /** Why some are not requested; of interest where they are enabled. */
  readonly remarks: readonly { readonly datasets: readonly string[]; readonly text: string }[];
}

interface SourceOptions {
  readonly datasets: readonly PulledPoints[];
  /** A past day, to request from publishers. */
  readonly day: string;
  readonly simulate: boolean;
  readonly given: GivenSettings;
  /** The settings of each source that has some, by source id. */
  readonly sourceSettings: ReadonlyMap<string, Settings>;
  readonly root: string;
  readonly stateDir: string;
  readonly stops: Stops;
  readonly report: Report;
}

/** A base URL by its setting, probed through one of its datasets. */
interface Host {
  readonly setting: string;
  readonly baseUrl: string;
  readonly kind: 'live' | 'simulator' | 'unreachable';
}

const PREFERRED_PORT = 8090;

/** @throws Error when an address that a person set does not answer. */
export async function chooseSources(options: SourceOptions): Promise<ChosenSources> {
  if (options.simulate) return await startSimulator(options);
  const { datasets, remarks } = withCredentials(options);
  const hosts = await Promise.all(oneByHost(datasets).map((dataset) => probeHost(options, dataset)));
  const answering = hosts.filter(({ kind }) => kind !== 'unreachable');
  if (answering.length === 0) return await startSimulator(options);
  return {
    simulated: answering.some(({ kind }) => kind === 'simulator'),
    settings: Object.fromEntries(answering.map(({ setting, baseUrl }) => [setting, baseUrl])),
    answering: datasets.filter(({ source }) =>
      answering.some(({ setting }) => setting === source.baseUrl.setting),
    ),
    remarks,
  };
}

/** Datasets whose source needs no key or has one, and what the other sources need. */
function withCredentials({ datasets, sourceSettings }: SourceOptions) {
  const missing = ({ source }: PulledPoints) =>
    missingCredential(source, sourceSettings.get(source.id) ?? {});
  const without = datasets.filter((dataset) => missing(dataset) !== undefined);
  const sources = new Map(without.map(({ source }) => [source.id, source])).values();
  const remarks = Array.from(sources, ({ id, title, credential }) => ({
    datasets: without.filter(({ source }) => source.id === id).map((dataset) => dataset.id),
    text: `${title} answers nobody without a key; set ${credential?.setting}.`,
  }));
  return { datasets: datasets.filter((dataset) => !without.includes(dataset)), remarks };
}

function oneByHost(datasets: readonly PulledPoints[]): PulledPoints[] {
  return [...new Map(datasets.toReversed().map((each) => [each.source.baseUrl.setting, each])).values()];
}

async function probeHost(
  { given, sourceSettings, day, report }: SourceOptions,
  dataset: PulledPoints,
): Promise<Host> {
  const { id, title, baseUrl } = dataset.source;
  const { setting } = baseUrl;
  const set = given.baseUrlOf(dataset.source);
  const url = set ?? baseUrl.default;
  const answer = await probePublisher(url, dataset, day, sourceSettings.get(id) ?? {});
  if (answer.kind !== 'unreachable') {
    report(`${title} answers at ${url}${answer.kind === 'simulator' ? ' (a simulator)' : ''}.`);
  } else if (set !== undefined) {
    throw new Error(
      `${setting} is ${set}, which does not answer (${answer.reason}). ` +
        'Set it right, unset it for the real publisher, or start with "npm start -- --simulate"',
    );
  } else report(`${title} does not answer at ${url} (${answer.reason}).`);
  return { setting, baseUrl: url, kind: answer.kind };
}

async function startSimulator({
  datasets,
  day,
  sourceSettings,
  ...rest
}: SourceOptions): Promise<ChosenSources> {
  const { root, stateDir, stops, report } = rest;
  const file = join(stateDir, 'simulator.port');
  const port = await choosePort({ purpose: 'the simulator', preferred: PREFERRED_PORT, file, report });
  await startNodeProcess({
    name: 'the simulator',
    stops,
    program: [...ownProgram('simulator/main'), '--port', String(port)],
    root,
    settings: {},
    logFile: join(stateDir, 'logs', 'simulator.log'),
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  report(`The bundled simulator answers at ${baseUrl}. ALL DATA IS SIMULATED, in a database of its own.`);
  const defaults = simulationDefaults(datasets, sourceSettings);
  const keys = { ...simulatedKeys(datasets, sourceSettings), ...defaults.settings };
  const answers = await Promise.all(
    datasets.map((dataset) => {
      const settings = { ...sourceSettings.get(dataset.source.id), ...keys };
      return probePublisher(baseUrl, dataset, day, settings);
    }),
  );
  const answering = datasets.filter((_, i) => answers[i]?.kind === 'simulator');
  const silent = datasets.filter((dataset) => !answering.includes(dataset));
  const settings = new Set(datasets.map(({ source }) => source.baseUrl.setting));
  return {
    simulated: true,
    settings: { ...keys, ...Object.fromEntries([...settings].map((setting) => [setting, baseUrl])) },
    answering,
    remarks: [
      ...defaults.remarks,
      ...silent.map(({ id }) => ({ datasets: [id], text: `${id} is not simulated: nothing is requested.` })),
    ],
  };
}

/** Simulated sources take any key; those that are not set get one. */
function simulatedKeys(
  datasets: readonly PulledPoints[],
  given: ReadonlyMap<string, Settings>,
): Record<string, string> {
  const missing = datasets.flatMap(
    ({ source }) => missingCredential(source, given.get(source.id) ?? {}) ?? [],
  );
  return Object.fromEntries(missing.map((setting) => [setting, 'simulated']));
}

/** Settings that sources prefer for a simulated run, unless set by the user. */
function simulationDefaults(datasets: readonly PulledPoints[], given: ReadonlyMap<string, Settings>) {
  const sources = [...new Map(datasets.map(({ source }) => [source.id, source])).values()];
  const wanted = sources.flatMap(({ id, title, whenSimulated = {} }) =>
    Object.entries(whenSimulated)
      .filter(([setting]) => given.get(id)?.[setting] === undefined)
      .map(([setting, value]) => ({ id, title, setting, value })),
  );
  return {
    settings: Object.fromEntries(wanted.map(({ setting, value }) => [setting, value])),
    remarks: wanted.map(({ id, title, setting, value }) => ({
      datasets: datasets.filter(({ source }) => source.id === id).map((dataset) => dataset.id),
      text: `${title} is simulated with ${setting}=${value}; set it for more, or less.`,
    })),
  };
}

type PublisherAnswer =
  | { readonly kind: 'live' }
  /** Our simulator answers there. */
  | { readonly kind: 'simulator' }
  | { readonly kind: 'unreachable'; readonly reason: string };

const PATIENCE_MS = 8_000;

/**
 * Requests one day, as a worker would. An error of the publisher (429, 5xx) counts as an answer: the data is live and the
 * worker will retry. A page from something in between (a proxy, a login) does not.
 */
async function probePublisher(
  baseUrl: string,
  { pull, source }: PulledPoints,
  day: string,
  settings: Settings,
): Promise<PublisherAnswer> {
  const [part = ''] = pull.parts?.of(day, settings) ?? [];
  const window = deliveryInterval({ source }, day);
  const { path, query, accept } = pull.request(window, { part, settings });
  const key = credentialsOf(source, settings);
  const url = `${baseUrl}${path}?${new URLSearchParams({ ...query, ...key.query })}`;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { headers: { accept, ...key.headers }, redirect: 'manual', signal });
    await answer.body?.cancel();
    if (answer.headers.has('x-tidemark-simulator'))
      return answer.status === 404
        ? { kind: 'unreachable', reason: 'the simulator does not know it' }
        : { kind: 'simulator' };
    const type = answer.headers.get('content-type') ?? 'no content type';
    const isWanted = accept.split(',').some((each) => type.startsWith(each.trim())) || type.includes('json');
    if (isWanted || answer.status === 429 || answer.status >= 500) return { kind: 'live' };
    if (source.credential && [401, 403].includes(answer.status))
      return { kind: 'unreachable', reason: `it refuses the key in ${source.credential.setting}` };
    return { kind: 'unreachable', reason: `somebody else answers there: ${answer.status} with ${type}` };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${PATIENCE_MS / 1000} s`;
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : String(error);
}
