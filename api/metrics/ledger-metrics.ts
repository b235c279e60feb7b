/** How datasets stand, as gauges: made anew for each scrape, of the datasets that its caller may see. */
import { Gauge, Registry } from 'prom-client';
import type { DatasetOverview } from '../../db/queries/catalog/overview.ts';
import type { NotedProcess } from '../../db/queries/operation/processes.ts';
import { DAY_STATES } from '../../domain/days/ledger.ts';

const SEVERITIES = ['block', 'warn', 'info'] as const;

/** How the clocks of processes stand, by what each of them noted last. */
export function clockMetrics(processes: readonly NotedProcess[]): Registry {
  const registry = new Registry();
  const offset = new Gauge({
    name: 'tidemark_process_clock_offset_seconds',
    help: "How far the clock of a process is ahead of the database's; negative: behind.",
    labelNames: ['kind', 'host', 'pid'],
    registers: [registry],
  });
  for (const { kind, host, pid, clockAheadSeconds } of processes)
    offset.set({ kind, host, pid: String(pid) }, clockAheadSeconds);
  return registry;
}

export function ledgerMetrics(datasets: readonly DatasetOverview[], feedEnd: number, now: Date): Registry {
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
    'seconds_since_last_check',
    'Since the source was last asked; absent before the first time.',
  );
  const changed = gauge(
    'seconds_since_last_change',
    'Since a value last changed; absent before the first time.',
  );
  const feed = new Gauge({
    name: 'tidemark_feed_cursor',
    help: 'Newest cursor of the change feed; less the cursor that a consumer has read up to, it is the most of its backlog.',
    registers: [registry],
  });
  feed.set(feedEnd);
  const age = (of: typeof checked, dataset: string, at: Date | null) => {
    if (at !== null) of.set({ dataset }, (now.getTime() - at.getTime()) / 1_000);
  };
  for (const { dataset, states, openFindings, daysWithError, lastCheckedAt, lastChangedAt } of datasets) {
    for (const state of DAY_STATES) days.set({ dataset, state }, states[state] ?? 0);
    for (const severity of SEVERITIES) findings.set({ dataset, severity }, openFindings[severity] ?? 0);
    errors.set({ dataset }, daysWithError);
    age(checked, dataset, lastCheckedAt);
    age(changed, dataset, lastChangedAt);
  }
  return registry;
}
