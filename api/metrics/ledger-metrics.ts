/** Gauges of the ledger, built for each scrape from the datasets that its caller may see. */
import { Gauge, Registry } from 'prom-client';
import type { DatasetOverview } from '../../db/queries/catalog/overview.ts';
import { DAY_STATES } from '../../domain/days/ledger.ts';

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
