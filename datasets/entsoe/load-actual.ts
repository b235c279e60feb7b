/** Actual total load of bidding zones (6.1.A), document A65, process A16: known about an hour after each interval. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { sameAsYesterday } from '../../domain/interpret/checks.ts';
import { zoneAnd } from './attributes.ts';
import { load } from './products.ts';
import { measured } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'load-actual',
    title: 'Actual total load',
    description: 'Load of each bidding zone as it was measured, per quarter-hour or hour.',
    unit: 'MW',
    product: load('A16'),
    schedule: measured(),
    range: [0, 200_000],
    checks: [sameAsYesterday()],
    seriesAttributes: zoneAnd(),
  }),
);
