/**
 * Residual load as forecast on the day before: load less wind and solar. Computed from the two forecasts, per zone and quarter-hour.
 *
 * Series        by code of the zone. A zone of which wind and solar are not forecast has none; a day without a zone that is requested is partial.
 * Hours         beside quarters: an hour says the same of each of its quarters.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { pointsOf, residual, residualFacts, wholeZones, zonesOf } from './residual.ts';

export default defineDataset({
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
