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
import { combined, onGrid } from '../../domain/values/on-grid.ts';
import { zoneAnd } from './attributes.ts';
import { pointsOf, residual, residualFacts, rounded, wholeZones, zonesOf } from './residual.ts';

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
