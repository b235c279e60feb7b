/** Intraday forecast of wind and solar generation (14.1.D), document A69, process A40: by 08:00 of the day. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { windAndSolar } from './products.ts';
import { at, throughTheDay } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'wind-solar-forecast-intraday',
    title: 'Wind and solar forecast, intraday',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast in the morning of the day.',
    unit: 'MW',
    product: windAndSolar('A40'),
    schedule: throughTheDay(at(-1, '20:00'), at(0, '08:00'), at(0, '12:00')),
    range: [0, 150_000],
    seriesAttributes: zoneAnd('psr_type'),
  }),
);
