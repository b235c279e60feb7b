/**
 * Core price spreads: /core/api/data/priceSpread
 *
 * 44 series: directed borders, hence each spread twice, with opposite signs.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable, quarterHourly } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'price-spreads',
    region: 'core',
    table: 'priceSpread',
    title: 'Core price spreads',
    description: 'Day-ahead price of the zone at the end of a border less that of the zone at its beginning.',
    unit: 'EUR/MWh',
    columns: ['border_'],
    published: '15:50',
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [{ from: '2022-06-09', count: 44 }],
    range: [-10_000, 10_000],
  }),
);
