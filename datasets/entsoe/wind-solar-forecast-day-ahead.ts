/** Day-ahead forecast of wind and solar generation (14.1.D), document A69, process A01: by 18:00 of the day before. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { windAndSolar } from './products.ts';
import { dayBefore } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'wind-solar-forecast-day-ahead',
    title: 'Wind and solar forecast, day-ahead',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast on the day before.',
    unit: 'MW',
    product: windAndSolar('A01'),
    schedule: dayBefore('12:00', '18:00', '21:00'),
    range: [0, 150_000],
    seriesAttributes: zoneAnd('psr_type'),
  }),
);
