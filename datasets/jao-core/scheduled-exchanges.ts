/**
 * Core scheduled exchanges: /core/api/data/scheduledExchanges
 *
 * 46 series: neighbours in the region, and borders with ES, DK1 and DK2. One decimal.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable, quarterHourly } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'scheduled-exchanges',
    region: 'core',
    table: 'scheduledExchanges',
    title: 'Core scheduled exchanges',
    description:
      'Exchange scheduled from one bidding zone to another by the day-ahead market, per directed border.',
    unit: 'MW',
    columns: ['border_'],
    published: '15:50',
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [{ from: '2022-06-09', count: 46 }],
    range: [-50_000, 50_000],
  }),
);
