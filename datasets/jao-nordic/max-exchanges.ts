/**
 * Nordic max exchanges: /nordic/api/data/maxExchanges
 *
 * 62 series in no order: borders within the region, with its neighbours, and of the South West Link (SE3SWL, SE4SWL).
 * The four values of an hour have been the same. Published from 07:24Z to 08:31Z on the day before.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoTable, quarterHourly } from '../jao-core/table.ts';
import { jaoNordic } from './source.ts';

export default defineDataset(
  jaoTable({
    source: jaoNordic,
    name: 'max-exchanges',
    region: 'nordic',
    table: 'maxExchanges',
    title: 'Nordic max exchanges',
    description:
      'Greatest exchange from one bidding zone to another while all other exchanges of the region are zero, per directed border.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: quarterHourly('2024-10-30'),
    expectedSeries: [{ from: '2024-10-30', count: 62 }],
    range: [0, 50_000],
  }),
);
