/**
 * Days of pulled datasets under every fault of the simulator, one a day, and the same days again once the faults are gone. Activities
 * are called directly: no workflow has anything to say about values. What is true is what a simulator without faults answers.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { catalogOf } from '../../datasets/catalog.ts';
import type { Database } from '../../db/connection/client.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { type Dataset, isPulledPoints, type PulledDataset } from '../../domain/dataset/dataset.ts';
import type { Source } from '../../domain/dataset/facts.ts';
import type { RequestOptions, SourceRequest } from '../../domain/dataset/pull.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import { answerToDay, interpret } from '../../domain/interpret/interpret.ts';
import { interpretRecords } from '../../domain/interpret/interpret-records.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import type { DayRequest } from '../../domain/workflow/messages.ts';
import type { FaultInput } from '../../simulator/faults.ts';
import { startSimulator } from '../../simulator/server.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';
import { WITHOUT_QUOTA } from './catalog-without-quota.ts';
import { createTestDatabase } from './database.ts';

const FIRST = '2026-09-20';
const NOW = '2026-11-10T12:00:00Z';

interface Fault {
  readonly name: string;
  readonly [parameter: string]: unknown;
}

const STATUSES = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 599];
const IN_THE_WAY = [
  ...['html-200', 'rejected-200', 'rejected-400', 'empty-data', 'truncated-json', 'empty-body'],
  ...['truncated-body', 'reset', 'withdrawn'],
];
/** Faults after which a day is there in full all the same. */
const HARMLESS: readonly Fault[] = [
  ...['duplicate-row', 'out-of-order', 'row-at-to', 'outside-rows', 'clamp-48h', 'new-border'],
].map((name) => ({ name }));
const SLOW: readonly Fault[] = [
  { name: 'slow', delayMs: 50 },
  { name: 'drip', bytesPerSecond: 50_000_000 },
];

/** Every fault, one a day. */
const FAULTS: readonly Fault[] = [
  ...HARMLESS,
  ...SLOW,
  ...STATUSES.map((code) => ({ name: 'status', code })),
  ...IN_THE_WAY.map((name) => ({ name })),
  ...['conflicting-duplicate', 'quarter-hours', 'wrong-content-type'].map((name) => ({ name })),
  ...['null-values', 'string-numbers', 'negative', 'huge', 'nan-literal'].map((name) => ({ name })),
  { name: 'missing-hours', hours: [3, 4] },
  { name: 'missing-border', border: 'limitUp_PL' },
  ...['oversize', 'gzip-bomb'].map((name) => ({ name, sizeMiB: 17 })),
  { name: 'late', minutes: 1_000_000 },
];

const DAYS = FAULTS.map((_, i) => addDays(FIRST, i));

/** Values by what they are of: `2026-11-05T10:00:00.000Z border_AT_CZ`, or the key of a record. */
type Values = ReadonlyMap<string, string>;

export interface FaultMonth {
  /**
   * Ingests every day under its fault.
   * @returns sentences for values that nobody published, and for days that a harmless fault has kept from being complete
   */
  underFaults(dataset: string): Promise<string[]>;
  /**
   * Ingests the same days without faults.
   * @returns sentences for days that are not complete, and for values that are not what was published
   */
  withoutFaults(dataset: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openFaultMonth(
  all: readonly Dataset[],
  sourceSettings: ReadonlyMap<string, Settings>,
): Promise<FaultMonth> {
  const entsoe = { requests: 1_000_000 };
  const options = { seed: 1, now: NOW, clockRate: 0, quotaRequests: 0, revisionShare: 0, entsoe };
  const datasets = all.map(unlimited);
  const stored = await createTestDatabase(datasets);
  const simulator = await startSimulator({ port: 0, ...options });
  const calm = createSimulation(options);
  const catalog = catalogOf(datasets);
  const baseUrls = new Map(datasets.map(({ source }) => [source.id, simulator.url]));
  const clock = { now: () => new Date(NOW), rate: 1 };
  const activities = createActivities({
    ...{ database: stored.database, catalog, baseUrls, clock, sourceSettings },
  });
  const clean = { settings: sourceSettings, handle: calm.handle };
  const find = (id: string) => catalog.find(id) as PulledDataset;
  // One fault at a time: a request for one day may cover the days of other faults.
  const each = async (id: string, isFaulty: boolean, wrongIn: (day: Ingested) => string[]) => {
    const found: string[] = [];
    for (const [i, day] of DAYS.entries()) {
      if (isFaulty) simulator.faults.add({ ...FAULTS[i], day } as unknown as FaultInput);
      const state = await ingest(activities, id, day);
      simulator.faults.clear();
      const truth = await trueValues(clean, find(id), day);
      const values = await storedValues(stored.database, find(id), day, truth);
      const wrong = wrongIn({ fault: FAULTS[i]?.name ?? '', state, values, truth, ...formOf(find(id)) });
      found.push(...wrong.map((summary) => `${day} ${JSON.stringify(FAULTS[i])}: ${summary}`));
    }
    return found;
  };
  return {
    underFaults: (id) => each(id, true, wrongUnderFault),
    withoutFaults: (id) => each(id, false, wrongWithout),
    async close() {
      await simulator.close();
      await stored.drop();
    },
  };
}

interface Ingested {
  readonly fault: string;
  readonly state: string;
  readonly values: Values;
  readonly truth: Values;
  /** Whether an answer is a list of rows, not a document in which rows that come twice are a contradiction. */
  readonly isList: boolean;
  /** Whether quarters of an hour may stand where hours do: they are published then, whoever made them. */
  readonly hasOwnSteps: boolean;
}

function wrongUnderFault({ fault, state, values, truth, isList, hasOwnSteps }: Ingested): string[] {
  const isHarmless = [...(isList ? HARMLESS : []), ...SLOW].some(({ name }) => name === fault);
  return [
    ...(isHarmless && state !== 'complete' ? [`is ${state}`] : []),
    ...[...values]
      .filter(([of, value]) => !isPublished(fault, of, value, truth.get(of)))
      .filter(([of]) => !(hasOwnSteps && fault === 'quarter-hours' && isQuarter(of) && !truth.has(of)))
      .map(([of, value]) => `${of} is ${value}, published was ${truth.get(of)}`),
  ];
}

/** A series that came once stays, and so do quarters of an hour. */
function wrongWithout({ fault, state, values, truth, hasOwnSteps }: Ingested): string[] {
  const stays = fault === 'new-border' || (hasOwnSteps && fault === 'quarter-hours');
  const all = stays ? truth : new Map([...truth, ...values]);
  return [
    ...(state === 'complete' ? [] : [`is ${state}`]),
    ...[...all.keys()]
      .filter((of) => values.get(of) !== truth.get(of))
      .map((of) => `${of} is ${values.get(of)}, published was ${truth.get(of)}`),
  ];
}

function formOf(dataset: PulledDataset): Pick<Ingested, 'isList' | 'hasOwnSteps'> {
  if (!isPulledPoints(dataset)) return { isList: true, hasOwnSteps: false };
  return { isList: dataset.pull.parts === undefined, hasOwnSteps: dataset.ownSteps === true };
}

function isQuarter(of: string): boolean {
  return /^\S+:(15|30|45):00\.000Z /.test(of);
}

function unlimited(dataset: Dataset): Dataset {
  const source: Source = { ...(dataset.source as Source), quota: WITHOUT_QUOTA };
  return { ...dataset, source } as Dataset;
}

/** A fault that changes what the publisher says is no fault of ours: its values are what was published. */
function isPublished(fault: string, of: string, value: string, truth: string | undefined): boolean {
  if (value === truth) return true;
  if (fault === 'null-values') return value === 'null' && truth !== undefined;
  if (fault === 'negative') return value === String(-(Number(truth) || 1));
  if (fault === 'new-border')
    return truth === undefined
      ? value === '500' && of.endsWith(' border_AT_UA')
      : value.replace('["border_at_ua",500],', '') === truth;
  // Rows of texts lie on no grid: a row at a quarter past is one more that was published.
  if (fault === 'quarter-hours') return truth === undefined && /^\S+:(15|30|45)Z /.test(of);
  return false;
}

type Activities = ReturnType<typeof createActivities>;

/** Failures are what is asked for here. */
const quiet = { logger: new DefaultLogger('ERROR', () => {}) };

/** As `ingestDay` would, without the waiting: fetch, of parts each, write; what fails is put down. @returns the state */
async function ingest(activities: Activities, dataset: string, day: CivilDay): Promise<string> {
  const workflowExecution = { workflowId: `day:${dataset}:${day}`, runId: crypto.randomUUID() };
  const run = <I, O>(work: (input: I) => Promise<O>, input: I) =>
    new MockActivityEnvironment(
      { attempt: 1, workflowExecution, activityId: crypto.randomUUID() },
      quiet,
    ).run(work, input) as Promise<O>;
  const attempt: DayRequest = { dataset, day, trigger: 'person', backfillId: null, urgency: 1 };
  const failures: unknown[] = [];
  const part = async (of: DayRequest) => {
    try {
      return await run(activities.fetchDay, of);
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  const fetched = await part(attempt);
  if (fetched?.kind === 'parts') for (const name of fetched.parts) await part({ ...attempt, part: name });
  const written = fetched ? await run(activities.writeDay, attempt) : undefined;
  if (failures.length === 0) return written?.state ?? '';
  const { type: code = 'UNEXPECTED', message } = failures[0] as { type?: string; message: string };
  return (await run(activities.recordFailure, { ...attempt, code, message })).state;
}

/** What stands under a day, and records that it should have but another day brought first: an outage lasts several. */
async function storedValues(
  database: Database,
  dataset: PulledDataset,
  day: CivilDay,
  truth: Values,
): Promise<Values> {
  const { relation } = storageOf(dataset.id);
  const { rows } = isPulledPoints(dataset)
    ? await database.query(
        `select starts_at, series as of, value::text as value from ${relation} where delivery_day = $1`,
        [day],
      )
    : await database.query(
        `select starts_at, key as of, body::jsonb::text as value from ${relation}
         where delivery_day = $1 or key = any($2)`,
        [day, [...truth.keys()]],
      );
  return new Map(
    rows.map(({ starts_at, of, value }) =>
      isPulledPoints(dataset)
        ? [`${starts_at.toISOString()} ${of}`, value === null ? 'null' : String(Number(value))]
        : [of, sorted(JSON.parse(value))],
    ),
  );
}

interface Clean {
  readonly settings: ReadonlyMap<string, Settings>;
  readonly handle: Simulation['handle'];
}

async function trueValues(clean: Clean, dataset: PulledDataset, day: CivilDay): Promise<Values> {
  if (!isPulledPoints(dataset)) return await trueRecords(clean, dataset, day);
  const settings = clean.settings.get(dataset.source.id) ?? {};
  const values = new Map<string, string>();
  for (const part of dataset.pull.parts?.of(day, settings) ?? ['']) {
    const options: RequestOptions = { part, settings };
    const request = dataset.pull.request(deliveryInterval(dataset, day), options);
    const { body } = answered(clean, dataset.source, request);
    const { points } = interpret(dataset, day, body, undefined, answerToDay(dataset, day, { part }));
    for (const { series, startsAtMs, value } of points)
      values.set(`${new Date(startsAtMs).toISOString()} ${series}`, String(value));
  }
  return values;
}

async function trueRecords(clean: Clean, dataset: PulledRecords, day: CivilDay): Promise<Values> {
  const ask = async (request: SourceRequest) => ({
    ...{ url: request.path, contentType: 'application/json', status: 200 },
    body: answered(clean, dataset.source as Source, request).body,
  });
  const settings = clean.settings.get(dataset.source?.id ?? '') ?? {};
  const kept = async () => new Map<string, readonly number[]>();
  const { body } = await dataset.pull.fetch(day, { ask, kept, settings, areas: [] } as never);
  const { records } = interpretRecords(dataset, day, body);
  // Of several versions the highest is known.
  const ascending = records.toSorted((a, b) => a.version - b.version);
  return new Map(ascending.map((record) => [record.key, sorted(JSON.parse(record.body ?? ''))]));
}

function answered({ settings, handle }: Clean, { id, credential }: Source, { path, query }: SourceRequest) {
  const key = credential ? { [credential.name]: settings.get(id)?.[credential.setting] ?? '' } : {};
  const answer = handle({ method: 'GET', target: `${path}?${new URLSearchParams({ ...query, ...key })}` });
  expect(answer.status).toBe(200);
  return { body: Buffer.from(answer.body, answer.binary ? 'latin1' : 'utf8') };
}

/** Fields by name, also of objects in them: the database keeps them in an order of its own. */
function sorted(fields: Readonly<Record<string, unknown>>): string {
  const byName = (object: object) => Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  return JSON.stringify(byName(fields), (_, value) =>
    isObject(value) ? Object.fromEntries(byName(value)) : value,
  );
}
