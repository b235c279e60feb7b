/**
 * Unavailable generation capacity: what outages leave out of use, per zone, production type and quarter-hour. Computed from the records
 * of `entsoe.generation-outages`, again whenever one of them has a new version.
 *
 * Series        `<zone>.<type>`, such as `FR.B14`; the type is `unknown` where an outage names none.
 * A unit        is out by its nominal capacity less what is available. Of outages of one unit at the same time the largest counts.
 * Value         the mean over the quarter-hour; units of a zone and type are added. Zero where an outage is, or was, announced for the
 *               day, but not for this quarter, or was cancelled or withdrawn; null where one says no capacity.
 * Days          of which no outage is known have no values. Outages are requested for the days from yesterday to a week ahead (generation-outages.ts):
 *               of other days only those outages are known that also touch one of these, or that were requested by a person.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ComputedPoint, InputRecord } from '../../domain/dataset/derive.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { zoneAnd } from './attributes.ts';
import { rounded } from './residual-tables.ts';
import { entsoe } from './source.ts';

const FIRST_DAY = '2015-01-05';

export default defineDataset({
  ...{ shape: 'points' as const, silence: 'keep' as const, source: entsoe, unit: 'MW' },
  id: 'entsoe.unavailable-capacity',
  title: 'Unavailable generation capacity',
  description:
    'Capacity of generation units that planned and unplanned outages leave out of use, by zone and type.',
  ...{ owner: 'computed here', licence: "ENTSO-E's terms of use", link: 'https://transparency.entsoe.eu/' },
  ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 1 },
  firstDay: FIRST_DAY,
  resolution: [{ from: FIRST_DAY, minutes: 15 }],
  expectedSeries: [{ from: FIRST_DAY, count: 1 }],
  derive: {
    inputs: { outages: { dataset: 'entsoe.generation-outages', until: 'ends_at' } },
    aheadDays: 60,
    whenGone: 0,
    // A zone and type without an outage has no series: a day is complete with those that exist.
    series: () => [],
    compute: ({ starts, endMs, records }) => unavailableOn(starts, endMs, records?.outages ?? []),
  },
  checks: [],
  seriesAttributes: zoneAnd('psr_type'),
});

// Capacity unavailable because of outages, from periods that each state what is available. Pure.

/** A period of an outage, and by how much its unit is reduced; null where that is not stated. */
interface OutagePeriod extends Interval {
  readonly series: string;
  readonly unit: string;
  readonly outMw: number | null;
}

/** @param starts of the quarter-hours, ascending; the last one ends at `endMs` */
function unavailableOn(
  starts: readonly number[],
  endMs: number,
  outages: readonly InputRecord[],
): ComputedPoint[] {
  const day = { startMs: starts[0] ?? endMs, endMs };
  const bySeries = grouped(outages.flatMap(periodsOf), ({ series }) => series);
  return [...bySeries].flatMap(([series, periods]) => {
    const within = periods.filter((period) => overlaps(period, day));
    if (within.length === 0) return [];
    const units = [...grouped(within, ({ unit }) => unit).values()];
    return starts.map((startMs, i) => {
      const quarter = { startMs, endMs: starts[i + 1] ?? endMs };
      return { series, startsAtMs: startMs, value: sumOf(units.map((its) => meanOut(its, quarter))) };
    });
  });
}

/** Cancelled and withdrawn outages reduce nothing. */
function periodsOf({ key, body }: InputRecord): OutagePeriod[] {
  const { zone, psr_type, unit, nominal_mw, status, available } = body;
  if (typeof zone !== 'string' || !Array.isArray(available)) return [];
  const series = `${zone}.${typeof psr_type === 'string' ? psr_type : 'unknown'}`;
  return (available as readonly { from: string; to: string; mw: number | null }[]).map(
    ({ from, to, mw }) => ({
      ...{ series, unit: typeof unit === 'string' ? unit : key },
      ...{ startMs: Date.parse(from), endMs: Date.parse(to) },
      outMw: status === 'A05' ? difference(nominal_mw, mw) : 0,
    }),
  );
}

function difference(nominal: unknown, available: unknown): number | null {
  return typeof nominal === 'number' && typeof available === 'number'
    ? Math.max(0, nominal - available)
    : null;
}

/** The mean reduction of one unit in an interval: at each time the largest of its outages. */
function meanOut(periods: readonly OutagePeriod[], within: Interval): number | null {
  const its = periods.filter((period) => overlaps(period, within));
  const cuts = its.flatMap(({ startMs, endMs }) => [startMs, endMs]);
  const inside = cuts.filter((ms) => ms > within.startMs && ms < within.endMs);
  const bounds = [...new Set([within.startMs, ...inside, within.endMs])].toSorted((a, b) => a - b);
  let sum = 0;
  for (const [i, endMs] of bounds.slice(1).entries()) {
    const startMs = bounds[i] as number;
    const at = its.filter((period) => overlaps(period, { startMs, endMs })).map(({ outMw }) => outMw);
    if (at.includes(null)) return null;
    sum += Math.max(0, ...(at as number[])) * (endMs - startMs);
  }
  return sum / (within.endMs - within.startMs);
}

function sumOf(values: readonly (number | null)[]): number | null {
  if (values.includes(null)) return null;
  return rounded((values as number[]).reduce((sum, value) => sum + value, 0));
}

function overlaps(one: Interval, other: Interval): boolean {
  return one.startMs < other.endMs && one.endMs > other.startMs;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
