/** Gauges of quotas, polling, lateness, missing points, inboxes, incidents and notifications, built for each scrape. */
import { Gauge, Registry } from 'prom-client';
import type { DatasetInstants, MissingPoints, QuotaFigures } from '../../db/queries/operation/gauges.ts';
import type { NotedProcess } from '../../db/queries/operation/processes.ts';
import type { Incident } from '../../domain/notify/incident.ts';
import type { NotifyHealth } from '../../notify/health.ts';

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
