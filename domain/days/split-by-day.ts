/** Splits a response to several days by day: decoded once, read day by day. Pure. */
import type { Decoded, PulledPoints } from '../dataset/points.ts';
import type { CivilDay, Interval } from '../time/civil-day.ts';
import { deliveryInterval } from '../time/delivery-day.ts';
import { daysWithin } from './derived-units.ts';

interface Share {
  readonly points: Decoded['points'][number][];
  readonly findings: Decoded['findings'][number][];
}

/**
 * Points and findings by day, in their order. What lies outside the requested days, or has no time, goes to each day: its result is then
 * the same as if it had read the whole response.
 * @param window that was requested: whole days
 */
export function splitByDay(
  dataset: PulledPoints,
  window: Interval,
  { points, findings }: Decoded,
): ReadonlyMap<CivilDay, Decoded> {
  const days = daysWithin(dataset, window);
  const shares = days.map((): Share => ({ points: [], findings: [] }));
  const ends = days.map((day) => deliveryInterval(dataset, day).endMs);
  const concerned = (atMs: number | null): readonly Share[] =>
    atMs === null || atMs < window.startMs || atMs >= window.endMs ? shares : [shareAt(shares, ends, atMs)];
  for (const point of points) for (const share of concerned(point.startsAtMs)) share.points.push(point);
  for (const found of findings) for (const share of concerned(found.startsAtMs)) share.findings.push(found);
  return new Map(days.map((day, i) => [day, shares[i] as Share]));
}

/** @param ends of the days, ascending */
function shareAt(shares: readonly Share[], ends: readonly number[], atMs: number): Share {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (atMs < (ends[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return shares[low] as Share;
}
