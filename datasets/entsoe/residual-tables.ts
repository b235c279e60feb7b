/**
 * Residual load as it was measured, and as forecast on the day before: load less wind and solar, and by how much the forecast was wrong.
 * Computed per zone and quarter-hour.
 *
 * Series        by code of the zone; `<zone>.error` is what was measured less what was forecast: above zero, more had to be generated
 *               otherwise than was expected. A zone of which wind and solar are not forecast has no forecast; a day without a zone that is
 *               requested is partial.
 * Types         that a zone has are those that were measured or forecast on that day: one that has yet to be measured is missing, not zero.
 * Hours         beside quarters: an hour says the same of each of its quarters.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ComputedPoint, DerivedUnit, InputPoints } from '../../domain/dataset/derive.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import { missingIntervals } from '../../domain/interpret/checks.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { combined, type Known, onGrid } from '../../domain/values/on-grid.ts';
import { zoneAnd } from './attributes.ts';
import { entsoe } from './source.ts';
import { zonesOn } from './zones.ts';

// Residual load: load less wind and solar generation. Computed per zone and quarter-hour.

/** Solar, wind offshore, wind onshore. */
const TYPES = ['B16', 'B18', 'B19'];

const FIRST_DAY = '2015-01-05';

/** What residual load and its forecast have in common. */
function residualFacts() {
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
function zonesOf(load: InputPoints | undefined): string[] {
  return [...(load?.keys() ?? [])];
}

/** Zones of a complete day: those that are requested, and any others with load. */
function wholeZones(day: CivilDay, settings: Settings, load: InputPoints | undefined): readonly string[] {
  return [...new Set([...zonesOn(day, settings).map(({ code }) => code), ...zonesOf(load)])];
}

/**
 * Residual load of a zone in each quarter-hour: undefined where load, or one of the zone's types on that day, is unknown.
 * @param inputs those that show which types the zone has: a value missing from one of them is missing, not zero
 */
function residual(
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
function pointsOf(series: string, starts: readonly number[], values: readonly Known[]): ComputedPoint[] {
  return starts.flatMap((startsAtMs, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ series, startsAtMs, value }];
  });
}

/** Means of quarters have binary fractions: anything below a thousandth of a megawatt is noise. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000 || 0;
}

const forecast = defineDataset({
  ...residualFacts(),
  id: 'entsoe.residual-load-forecast',
  title: 'Residual load, day-ahead forecast',
  description: 'Load of each bidding zone less its wind and solar, as forecast on the day before.',
  derive: {
    inputs: {
      load: { dataset: 'entsoe.load-forecast' },
      weather: { dataset: 'entsoe.wind-solar-forecast-day-ahead' },
    },
    series: ({ day, inputs, settings }) => wholeZones(day, settings, inputs.load),
    compute: (unit) => {
      const { load, weather } = unit.inputs;
      return zonesOf(load).flatMap((zone) =>
        pointsOf(zone, unit.starts, residual(zone, unit, load, weather)),
      );
    },
  },
  seriesAttributes: zoneAnd(),
});

const measured = defineDataset({
  ...residualFacts(),
  id: 'entsoe.residual-load',
  title: 'Residual load and error of its forecast',
  description:
    'Load of each bidding zone less its wind and solar, as measured, and how far the day-ahead forecast was from it.',
  derive: {
    inputs: {
      load: { dataset: 'entsoe.load-actual' },
      generation: { dataset: 'entsoe.generation-by-type' },
      weather: { dataset: 'entsoe.wind-solar-forecast-day-ahead', optional: true },
      forecast: { dataset: 'entsoe.residual-load-forecast', optional: true },
    },
    series: ({ day, inputs, settings }) =>
      wholeZones(day, settings, inputs.load).flatMap((zone) => [zone, `${zone}.error`]),
    compute: (unit) => {
      const { load, generation, weather, forecast } = unit.inputs;
      return zonesOf(load).flatMap((zone) => {
        const measured = residual(zone, unit, load, generation, [generation, weather]);
        const expected = onGrid(forecast?.get(zone), unit.starts, unit.endMs);
        const error = measured.map((value, i) =>
          combined([value, expected[i]], (is, was) => rounded(is - was)),
        );
        return [...pointsOf(zone, unit.starts, measured), ...pointsOf(`${zone}.error`, unit.starts, error)];
      });
    },
  },
  seriesAttributes: (series) => zoneAnd()(series.replace(/\.error$/, '')),
});

export default [forecast, measured];
