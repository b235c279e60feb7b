/** Day-ahead forecast of total load (6.1.B), document A65, process A01: two hours before gate closure, revised on major changes. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { sameAsYesterday } from '../../domain/interpret/checks.ts';
import { zoneAnd } from './attributes.ts';
import { load } from './products.ts';
import { dayBefore } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'load-forecast',
    title: 'Day-ahead load forecast',
    description: 'Load of each bidding zone as it was forecast on the day before, per quarter-hour or hour.',
    unit: 'MW',
    product: load('A01'),
    schedule: dayBefore('08:00', '10:00', '14:00'),
    range: [0, 200_000],
    checks: [sameAsYesterday()],
    seriesAttributes: zoneAnd(),
  }),
);
