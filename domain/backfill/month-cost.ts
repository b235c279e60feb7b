/** What the past month of datasets takes from their sources, before it is requested. Pure. */
import { type Dataset, isPulledPoints } from '../dataset/dataset.ts';
import { hostOf } from '../dataset/facts.ts';
import type { PulledPoints } from '../dataset/points.ts';
import type { Settings } from '../dataset/settings.ts';
import { batchesOf } from '../days/batches.ts';
import { catchUpRange } from '../days/polling.ts';
import { eachDay } from '../time/civil-day.ts';
import { minutesAtQuota } from './backfill-plan.ts';

export interface MonthCost {
  /** If none has to be repeated. */
  readonly requests: number;
  /** At the quotas of the sources, which count at the same time. */
  readonly minutes: number;
}

/**
 * Datasets that are not requested day by day cost nothing.
 * @param settings of sources, by source id: they may choose the parts of days
 */
export function costOfMonth(
  datasets: readonly Dataset[],
  settings: ReadonlyMap<string, Settings>,
  nowMs: number,
): MonthCost {
  const byHost = new Map<string, { source: PulledPoints['source']; requests: number }>();
  for (const dataset of datasets.filter(isPulledPoints)) {
    const { source } = dataset;
    const known = byHost.get(hostOf(source))?.requests ?? 0;
    const requests = known + requestsOf(dataset, settings.get(source.id) ?? {}, nowMs);
    byHost.set(hostOf(source), { source, requests });
  }
  const hosts = [...byHost.values()];
  return {
    requests: hosts.reduce((sum, { requests }) => sum + requests, 0),
    minutes: Math.max(0, ...hosts.map(({ source, requests }) => minutesAtQuota(requests, source.quota))),
  };
}

function requestsOf(dataset: PulledPoints, settings: Settings, nowMs: number): number {
  const { from, to } = catchUpRange(dataset, nowMs);
  if (from > to) return 0;
  const parts = dataset.pull.parts?.of(to, settings).length ?? 1;
  return batchesOf(dataset, eachDay(from, to)).length * parts;
}

/** `about 217 requests, 2 minutes at the quotas of their sources`. */
export function describeCost({ requests, minutes }: MonthCost): string {
  if (requests === 0) return 'no requests';
  const time = minutes < 1 ? 'less than a minute' : `${Math.ceil(minutes)} minutes`;
  return `about ${requests} requests, ${time} at the quotas`;
}
