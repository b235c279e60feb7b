/** The API's own metrics, in the Prometheus text format. */
import { createRequire } from 'node:module';
import type { FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/connection/client.ts';
import type { DatasetOverview } from '../db/queries/catalog/overview.ts';
import type { DatasetInstants, MissingPoints, QuotaFigures } from '../db/queries/operation/gauges.ts';
import type { NotedProcess } from '../db/queries/operation/processes.ts';
import { DAY_STATES } from '../domain/days/ledger.ts';
import type { Incident } from '../domain/notify/incident.ts';
import type { NotifyHealth } from '../notify/health.ts';
import type { Api } from './dependencies.ts';

const { version: packageVersion } = createRequire(import.meta.url)('../package.json') as {
  version: string;
};
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Completed requests, event loop and memory of this process, and its connections to the database. */
export function measureApi(api: Api, database: Database): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const registers = [registry];
  const requests = new Counter({
    name: 'tidemark_api_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    ...{ name: 'tidemark_api_request_duration_seconds', help: 'Time until the answer was sent whole.' },
    ...{ labelNames, registers, buckets: SECONDS },
  });
  api.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    const labels = { method: methodOf(request), route: routeOf(request), status: String(statusCode) };
    requests.inc(labels);
    seconds.observe(labels, elapsedTime / 1_000);
  });
  new Gauge({
    name: 'tidemark_api_database_connections',
    help: 'Connections to the database, busy and idle.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'busy' }, database.totalCount - database.idleCount);
      this.set({ state: 'idle' }, database.idleCount);
    },
  });
  new Gauge({
    name: 'tidemark_api_database_waiting_requests',
    help: 'Requests that wait for a connection to the database.',
    registers,
    collect() {
      this.set(database.waitingCount);
    },
  });
  new Gauge({
    ...{
      name: 'tidemark_build_info',
      help: 'What runs; always 1.',
      labelNames: ['version', 'node'],
      registers,
    },
  }).set({ version: packageVersion, node: process.version }, 1);
  return registry;
}

/** The route's pattern, never the path: random paths would create an unbounded number of series. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? 'none';
}

function methodOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? 'other' : method;
}

const SEVERITIES = ['block', 'warn', 'info'] as const;

export function ledgerMetrics(datasets: readonly DatasetOverview[], feedEnd: number): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({
      name: `tidemark_${name}`,
      help,
      labelNames: ['dataset', ...labelNames],
      registers: [registry],
    });
  const days = gauge('days', 'Delivery days in the ledger by state.', 'state');
  const errors = gauge('days_with_error', 'Delivery days whose last attempt failed.');
  const findings = gauge('open_findings', 'Open findings by severity.', 'severity');
  const checked = gauge(
    'last_check_timestamp_seconds',
    'When the source was last requested; absent before the first time.',
  );
  const changed = gauge(
    'last_change_timestamp_seconds',
    'When a value last changed; absent before the first time.',
  );
  const feed = new Gauge({
    name: 'tidemark_feed_cursor',
    help: 'Newest cursor of the change feed; less the cursor that a consumer has read up to, it is the most of its backlog.',
    registers: [registry],
  });
  feed.set(feedEnd);
  const instant = (of: typeof checked, dataset: string, at: Date | null) => {
    if (at !== null) of.set({ dataset }, at.getTime() / 1_000);
  };
  for (const { dataset, states, openFindings, daysWithError, lastCheckedAt, lastChangedAt } of datasets) {
    for (const state of DAY_STATES) days.set({ dataset, state }, states[state] ?? 0);
    for (const severity of SEVERITIES) findings.set({ dataset, severity }, openFindings[severity] ?? 0);
    errors.set({ dataset }, daysWithError);
    instant(checked, dataset, lastCheckedAt);
    instant(changed, dataset, lastChangedAt);
  }
  return registry;
}

type Labels = Readonly<Record<string, string>>;
type Figure = readonly [Labels, number | Date | null];

/** @param figures instants in seconds since the epoch; null: no sample. */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  figures: readonly Figure[],
): void {
  const made = new Gauge({ name: `tidemark_${name}`, help, labelNames, registers: [registry] });
  for (const [labels, figure] of figures) {
    if (figure === null) continue;
    made.set(labels, figure instanceof Date ? figure.getTime() / 1_000 : figure);
  }
}

export function quotaMetrics(quotas: readonly QuotaFigures[]): Registry {
  const registry = new Registry();
  const slots = quotas.flatMap(({ host, slots, free }): Figure[] => [
    [{ host, state: 'free' }, free],
    [{ host, state: 'taken' }, slots - free],
  ]);
  gauge(registry, 'quota_slots', 'Slots of the quota of a host.', ['host', 'state'], slots);
  const bans = quotas.map(({ host, bannedUntil }): Figure => [{ host }, bannedUntil ?? 0]);
  gauge(
    registry,
    'quota_banned_until_timestamp_seconds',
    'Until when no requests may be sent to a host; 0: they may.',
    ['host'],
    bans,
  );
  return registry;
}

export function datasetMetrics(
  instants: readonly DatasetInstants[],
  missing: readonly MissingPoints[],
): Registry {
  const registry = new Registry();
  const of = (pick: (each: DatasetInstants) => Date | null) =>
    instants.map((each): Figure => [{ dataset: each.dataset }, pick(each)]);
  const at = (name: string, help: string, pick: (each: DatasetInstants) => Date | null) =>
    gauge(registry, `${name}_timestamp_seconds`, help, ['dataset'], of(pick));
  at('last_poll', 'When the schedule of a dataset last looked for what is due.', ({ polledAt }) => polledAt);
  at('late_since', 'Deadline of the oldest day that is late; absent: none is.', ({ lateSince }) => lateSince);
  at(
    'inbox_oldest',
    'When the oldest line in an inbox was sent; absent: it is empty.',
    ({ inboxSince }) => inboxSince,
  );
  const points = missing.map(({ dataset, day, missing }): Figure => [{ dataset, day }, missing]);
  const help = 'Points that are expected and not there; absent: the day is not due.';
  gauge(registry, 'points_missing', help, ['dataset', 'day'], points);
  return registry;
}

export function notifyMetrics(health: NotifyHealth, incidents: readonly Incident[]): Registry {
  const registry = new Registry();
  gauge(
    registry,
    'notifications_working',
    '0: some notifications do not reach their receivers.',
    [],
    [[{}, health.working ? 1 : 0]],
  );
  const waiting = 'Messages that receivers should have.';
  gauge(registry, 'notification_messages', waiting, [], [[{}, health.waiting]]);
  gauge(registry, 'notification_receivers', 'Receivers.', [], [[{}, health.receivers]]);
  const counts = new Map<string, { labels: Labels; count: number }>();
  for (const { cause, dataset } of incidents) {
    const labels = { cause, dataset: dataset ?? '' };
    const known = counts.get(JSON.stringify(labels)) ?? { labels, count: 0 };
    counts.set(JSON.stringify(labels), { labels, count: known.count + 1 });
  }
  const open = [...counts.values()].map(({ labels, count }): Figure => [labels, count]);
  gauge(registry, 'incidents_open', 'What needs a person now, by cause.', ['cause', 'dataset'], open);
  return registry;
}

/** The number of processes, and the offset of their clocks from the database's. */
export function processMetrics(processes: readonly NotedProcess[]): Registry {
  const registry = new Registry();
  const count = (kind: string): Figure => [{ kind }, processes.filter((each) => each.kind === kind).length];
  gauge(
    registry,
    'processes',
    'Processes that were seen within a minute.',
    ['kind'],
    [count('worker'), count('api')],
  );
  const offsets = processes.map(
    ({ kind, host, pid, clockAheadSeconds }): Figure => [{ kind, host, pid: String(pid) }, clockAheadSeconds],
  );
  const help = "How far the clock of a process is ahead of the database's; negative: behind.";
  gauge(registry, 'process_clock_offset_seconds', help, ['kind', 'host', 'pid'], offsets);
  return registry;
}
