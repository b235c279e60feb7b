/**
 * Core max net positions: /core/api/data/maxNetPos
 *
 * 28 series: min and max of 14 hubs (minAT, maxAT); 46 from 2026-06-11, which is inferred from the 23 hubs of net
 * positions.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'max-net-positions',
    region: 'core',
    table: 'maxNetPos',
    title: 'Core max net positions',
    description:
      'Least and greatest net position of each zone and virtual hub within the final flow-based domain.',
    unit: 'MW',
    columns: ['min', 'max'],
    published: '10:30',
    resolution: [{ from: '2022-06-09', minutes: 60 }],
    expectedSeries: [
      { from: '2022-06-09', count: 28 },
      { from: '2026-06-11', count: 46 },
    ],
    range: [-100_000, 100_000],
  }),
);
