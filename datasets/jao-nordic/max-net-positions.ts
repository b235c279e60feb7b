/**
 * Nordic max net positions: /nordic/api/data/maxNetPos
 *
 * Known are columns of the form min_<zone>; 24 = min and max of the 12 zones of the region are the least that there can
 * be.
 * Not known: the step; taken to be that of max exchanges.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoTable, quarterHourly } from '../jao-core/table.ts';
import { jaoNordic } from './source.ts';

export default defineDataset(
  jaoTable({
    source: jaoNordic,
    name: 'max-net-positions',
    region: 'nordic',
    table: 'maxNetPos',
    title: 'Nordic max net positions',
    description: 'Least and greatest net position of each zone within the final flow-based domain.',
    unit: 'MW',
    columns: ['min_', 'max_'],
    published: '10:30',
    resolution: quarterHourly('2024-10-30'),
    expectedSeries: [{ from: '2024-10-30', count: 24 }],
    range: [-60_000, 60_000],
  }),
);
