/** Current forecast of wind and solar generation (14.1.D), document A69, process A18: renewed through the day, the latest one counts. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { windAndSolar } from './products.ts';
import { at, throughTheDay } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'wind-solar-forecast-current',
    title: 'Wind and solar forecast, current',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast last; every vintage that was seen is kept.',
    unit: 'MW',
    product: windAndSolar('A18'),
    schedule: throughTheDay(at(-1, '18:00'), at(0, '08:00'), at(0, '12:00')),
    range: [0, 150_000],
    seriesAttributes: zoneAnd('psr_type'),
  }),
);
