/** A whole kill run: the system as processes, phase after phase under disturbances, a quiet end, and what it came to. */
import { buildApi } from '../../api/app.ts';
import { openApiDatabase } from '../../api/database.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { daysFrom } from '../../domain/time/civil-day.ts';
import { pollScheduleId } from '../../domain/workflow/ids.ts';
import { startRebuild } from '../../temporal/rebuilds.ts';
import { makeKey } from '../support/api/keys.ts';
import { type Content, contentOf, differences } from './content.ts';
import { brokenLaws } from './laws.ts';
import { askForAll, DATASET, quiet, runPhase } from './phases.ts';
import type { Plan } from './plan.ts';
import { type Ask, Prober, type ReaderReport } from './prober.ts';
import { runInPeace } from './reference.ts';
import { openSystem, queryOnce, type System } from './system.ts';
import { until } from './until.ts';
import { auditedWrites, FeedReader, installAudit } from './witness.ts';
import { EVENTS, FREQUENCY, loadFiles, sendEvents } from './writers.ts';

export interface Findings {
  readonly disturbances: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Rows compared with the run in peace, by part. */
  readonly compared: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
  readonly brokenLaws: readonly string[];
  /** Days that come out otherwise when they are folded again from the bytes that are kept. */
  readonly rebuiltOtherwise: readonly string[];
  /** Changes that a reader of the feed never got. */
  readonly missedChanges: readonly string[];
  readonly writes: { readonly total: number; readonly unlocked: number };
  /** Runs that gave their day up until somebody asked again, by reason. */
  readonly givenUp: readonly { readonly error: string; readonly runs: number }[];
  readonly runs: number;
  readonly requests: System['simulator']['requests'] extends { counts(): infer C } ? C : never;
  /** What was read meanwhile, and which answers were others afterwards. */
  readonly answers: ReaderReport;
  /** How workers ended that nobody had killed. */
  readonly workersEnded: readonly string[];
}

/** Most of a run is waiting for the quota of the source, with nothing new to be told. */
const ASK_EVERY_MS = 300;

/** After everything that polling could ask for: the simulator has published it, once and for all. */
const DAYS_AHEAD_MS = 3 * 86_400_000;

export interface ChaosOptions {
  /** Whether a file is loaded and events are sent meanwhile, and what they say is probed too. @default false */
  readonly beside?: boolean;
  /** Arguments of Node for each worker. @default the worker's own entry point */
  readonly program?: readonly string[];
}

export async function runChaos(
  plan: Plan,
  report: (line: string) => void,
  { beside = false, program }: ChaosOptions = {},
): Promise<Findings> {
  const startedMs = Date.now();
  const source = {
    seed: plan.seed,
    revisionShare: 0,
    clockRate: 0,
    now: new Date(startedMs + DAYS_AHEAD_MS).toISOString(),
  };
  const system = await openSystem(source, report, {
    ...(program ? { program } : {}),
    published: plan.phases[0]?.publication ?? [],
  });
  try {
    await installAudit(system.databaseUrl);
    const feed = new FeedReader(system.databaseUrl);
    const reader = await openReader(system, plan, beside);
    let over = false;
    const writing = beside ? writeBeside(system, reader.ask, plan, () => over) : undefined;
    const disturbances = await disturbedPhases(system, plan, report);
    over = true;
    await writing;
    await quietEnd(system, plan);
    const answers = await reader.report();
    const rebuiltOtherwise = await rebuiltDifferences(system, plan);
    const seconds = (Date.now() - startedMs) / 1000;
    report('The same phases in peace.');
    const reference = await runInPeace(system.databaseUrl, system.folder, source, plan);
    const [actual, expected] = [await contentOf(system.databaseUrl, plan), await contentOf(reference, plan)];
    return {
      disturbances,
      seconds,
      compared: counts(expected),
      differences: differences(actual, expected),
      brokenLaws: [...(await brokenLaws(system.databaseUrl)), ...(await brokenLaws(reference))],
      rebuiltOtherwise,
      missedChanges: await feed.missed(),
      answers,
      writes: await auditedWrites(system.databaseUrl),
      ...(await attempts(system)),
      requests: system.simulator.requests.counts(),
      workersEnded: system.workers.flatMap(({ endedByItself }) => endedByItself),
    };
  } finally {
    await system.close();
  }
}

/** A file is loaded again and again and events are sent, under the same kills. */
async function writeBeside(
  { temporal, folder }: System,
  ask: Ask,
  { from, to }: Plan,
  isOver: () => boolean,
) {
  const written = { from, days: daysFrom(from, to) + 1 };
  await Promise.all([sendEvents(ask, written, isOver), loadFiles(temporal, folder, written, isOver)]);
}

/** The HTTP API over the same database, and readers who ask it all the time. */
async function openReader({ databaseUrl: url }: System, { from, to }: Plan, beside: boolean) {
  const catalog = await loadCatalog(datasetPlaces());
  const readerPatienceMs = 30_000;
  const limits = { exportsAtOnce: 4, readerPatienceMs, answerMs: 300_000 };
  const database = openApiDatabase({
    url,
    application: 'tidemark chaos reader',
    maxConnections: 5,
    readerPatienceMs,
  });
  const api = await buildApi({
    ...{
      database,
      catalog,
      access: 'open',
      corsOrigins: [],
      requestsPerMinute: 1_000_000_000,
      limits,
      hosts: [],
    },
    temporal: () => Promise.reject(new Error('nobody asks for it here')),
    workflowLink: (id) => id,
    now: () => new Date(),
  });
  await api.ready();
  const headers = await operatorHeaders(url);
  const ask: Ask = async (method, path, body) => {
    const { statusCode, payload } = await api.inject({
      ...{ method, url: path, headers },
      ...(body ? { payload: body } : {}),
    });
    return { status: statusCode, text: payload };
  };
  const about = {
    from,
    days: daysFrom(from, to) + 1,
    gate: 'D+99T12:00',
    records: EVENTS,
    everyMs: ASK_EVERY_MS,
  };
  const probers = [
    new Prober(ask, database, { ...about, series: DATASET, one: 'border_AT_CZ' }),
    ...(beside ? [new Prober(ask, database, { ...about, series: FREQUENCY, one: 'frequency' })] : []),
  ];
  for (const prober of probers) prober.start();
  return {
    ask,
    async report(): Promise<ReaderReport> {
      const reports: ReaderReport[] = [];
      for (const prober of probers) reports.push(await prober.report());
      await api.close();
      await database.end();
      return joined(reports);
    },
  };
}

/** Events are taken from those who may send them. */
async function operatorHeaders(url: string) {
  const database = openDatabase({ url, application: 'tidemark chaos' });
  try {
    return (await makeKey({ deps: { database } }, { role: 'operator' })).headers;
  } finally {
    await database.end();
  }
}

function joined(reports: readonly ReaderReport[]): ReaderReport {
  const requests: Record<string, number> = {};
  for (const { requests: of } of reports)
    for (const [kind, count] of Object.entries(of)) requests[kind] = (requests[kind] ?? 0) + count;
  return {
    requests,
    changed: reports.flatMap(({ changed }) => changed),
    refused: reports.flatMap(({ refused }) => refused),
  };
}

async function disturbedPhases(
  system: System,
  plan: Plan,
  report: (line: string) => void,
): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const note = (kind: string) => {
    done[kind] = (done[kind] ?? 0) + 1;
  };
  for (const index of plan.phases.keys()) {
    await runPhase(system, plan, index, note);
    const total = Object.values(done).reduce((sum, count) => sum + count, 0);
    report(`Phase ${index + 1} of ${plan.phases.length} is over, ${total} kills and cuts so far.`);
  }
  return done;
}

/** The schedule is paused, and every day is asked for once more while nothing is disturbed. */
async function quietEnd(system: System, plan: Plan): Promise<void> {
  const schedule = system.temporal.client.schedule.getHandle(pollScheduleId(DATASET));
  await until('the schedule is paused', async () => {
    await schedule.pause('the end');
    return (await schedule.describe()).state.paused;
  });
  await askForAll(system, plan);
  await quiet(system);
}

/** What is kept of every answer must still mean what it was taken for. */
export async function rebuiltDifferences(
  { temporal }: Pick<System, 'temporal'>,
  { from, to }: Pick<Plan, 'from' | 'to'>,
): Promise<string[]> {
  const { result } = await startRebuild(temporal, { dataset: DATASET, from, to, dryRun: true });
  const { differences: days, errors, total } = await result();
  if (total === 0) return ['no day has anything to be folded'];
  return [...days, ...Object.entries(errors)].map((day) => JSON.stringify(day));
}

async function attempts({ databaseUrl }: System): Promise<Pick<Findings, 'givenUp' | 'runs'>> {
  const [row] = await queryOnce<{ runs: number }>(databaseUrl, 'select count(*)::int as runs from ops.run');
  const givenUp = await queryOnce<{ error: string; runs: number }>(
    databaseUrl,
    `select left(error, 120) as error, count(*)::int as runs from ops.run where outcome = 'failed' group by 1 order by 2 desc`,
  );
  return { givenUp, runs: row?.runs ?? 0 };
}

function counts(content: Content): Record<string, number> {
  return Object.fromEntries(Object.entries(content).map(([part, rows]) => [part, rows.length]));
}
