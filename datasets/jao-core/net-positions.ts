/**
 * Core net positions: /core/api/data/netPos
 *
 * 14 series: 12 zones and the two ends of ALEGrO (ALBE, ALDE); 23 with nine virtual hubs from 2026-06-11.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable, quarterHourly } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'net-positions',
    region: 'core',
    table: 'netPos',
    title: 'Core net positions',
    description:
      'What each zone and virtual hub exported less what it imported, after the day-ahead market was cleared.',
    unit: 'MW',
    columns: ['hub_'],
    published: '15:50',
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [
      { from: '2022-06-09', count: 14 },
      { from: '2026-06-11', count: 23 },
    ],
    range: [-60_000, 60_000],
  }),
);
