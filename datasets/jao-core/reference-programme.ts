/**
 * Core reference programme: /core/api/data/refprog
 *
 * 90 series with those of the 18 borders of virtual hubs, which came on 2026-06-11; 72 before is inferred.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'reference-programme',
    region: 'core',
    table: 'refprog',
    title: 'Core reference programme',
    description:
      'Exchanges that the grid models of the capacity calculation start from, per directed border, with those of other regions.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: [{ from: '2022-06-09', minutes: 60 }],
    expectedSeries: [
      { from: '2022-06-09', count: 72 },
      { from: '2026-06-11', count: 90 },
    ],
    range: [-50_000, 50_000],
  }),
);
