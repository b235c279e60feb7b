/**
 * Core long-term allocations (LTA): /core/api/data/lta
 *
 * 38 series: neighbours in the region, both ways.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'long-term-allocations',
    region: 'core',
    table: 'lta',
    title: 'Core long-term allocations (LTA)',
    description: 'Capacity that was allocated by yearly and monthly auctions, per directed border.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: [{ from: '2022-06-09', minutes: 60 }],
    expectedSeries: [{ from: '2022-06-09', count: 38 }],
    range: [0, 50_000],
    steady: true,
  }),
);
