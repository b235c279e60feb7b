/**
 * Core congestion income: /core/api/data/congestionIncome
 *
 * 60 series: borders and hubs.
 * Not known: whether it has a row per quarter-hour, as other results of the market have, or per hour.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable, quarterHourly } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'congestion-income',
    region: 'core',
    table: 'congestionIncome',
    title: 'Core congestion income',
    description: 'Income of the day-ahead market from congestion, per border and hub.',
    unit: 'EUR',
    columns: ['border_', 'hub_'],
    published: '15:00',
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [{ from: '2022-06-09', count: 60 }],
    range: [-100_000_000, 100_000_000],
  }),
);
