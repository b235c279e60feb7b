/** Residual load: load less wind and solar generation. Computed per zone and quarter-hour. */
import type { ComputedPoint, DerivedUnit, InputPoints } from '../../domain/dataset/derive.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import { missingIntervals } from '../../domain/interpret/checks.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { combined, type Known, onGrid } from '../../domain/values/on-grid.ts';
import { entsoe } from './source.ts';
import { zonesOn } from './zones.ts';

/** Solar, wind offshore, wind onshore. */
const TYPES = ['B16', 'B18', 'B19'];

const FIRST_DAY = '2015-01-05';

/** What residual load and its forecast have in common. */
export function residualFacts() {
  return {
    ...{ shape: 'points' as const, silence: 'keep' as const, source: entsoe, unit: 'MW' },
    ...{ owner: 'computed here', licence: "ENTSO-E's terms of use", link: 'https://transparency.entsoe.eu/' },
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 1 },
    firstDay: FIRST_DAY,
    resolution: [{ from: FIRST_DAY, minutes: 15 }],
    expectedSeries: [{ from: FIRST_DAY, count: 1 }],
    checks: [missingIntervals()],
  };
}

/** Zones with load, by code. */
export function zonesOf(load: InputPoints | undefined): string[] {
  return [...(load?.keys() ?? [])];
}

/** Zones of a complete day: those that are requested, and any others with load. */
export function wholeZones(
  day: CivilDay,
  settings: Settings,
  load: InputPoints | undefined,
): readonly string[] {
  return [...new Set([...zonesOn(day, settings).map(({ code }) => code), ...zonesOf(load)])];
}

/**
 * Residual load of a zone in each quarter-hour: undefined where load, or one of the zone's types on that day, is unknown.
 * @param inputs those that show which types the zone has: a value missing from one of them is missing, not zero
 */
export function residual(
  zone: string,
  { starts, endMs }: Pick<DerivedUnit, 'starts' | 'endMs'>,
  load: InputPoints | undefined,
  weather: InputPoints | undefined,
  inputs: readonly (InputPoints | undefined)[] = [weather],
): readonly Known[] {
  const types = TYPES.map((type) => `${zone}.${type}`).filter((name) => inputs.some((of) => of?.has(name)));
  if (types.length === 0) return starts.map(() => undefined);
  const column = (points: InputPoints | undefined, name: string) => onGrid(points?.get(name), starts, endMs);
  const columns = [column(load, zone), ...types.map((name) => column(weather, name))];
  return starts.map((_, i) =>
    combined(
      columns.map((values) => values[i]),
      (used, ...made) => rounded(made.reduce((left, value) => left - value, used)),
    ),
  );
}

/** The points of a series, without unknown ones. */
export function pointsOf(
  series: string,
  starts: readonly number[],
  values: readonly Known[],
): ComputedPoint[] {
  return starts.flatMap((startsAtMs, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ series, startsAtMs, value }];
  });
}

/** Means of quarters have binary fractions: anything below a thousandth of a megawatt is noise. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000 || 0;
}
