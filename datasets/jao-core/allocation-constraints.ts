/**
 * Core allocation constraints: /core/api/data/allocationConstraint
 *
 * 4 columns: limitDown_ and limitUp_ of BE and PL; null where a zone has no limit, so the two of one zone are expected.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'allocation-constraints',
    region: 'core',
    table: 'allocationConstraint',
    title: 'Core allocation constraints',
    description: 'Limits of the net position of zones that limit it as a whole: down and up.',
    unit: 'MW',
    columns: ['limitDown_', 'limitUp_'],
    published: '10:30',
    resolution: [{ from: '2022-06-09', minutes: 60 }],
    expectedSeries: [{ from: '2022-06-09', count: 2 }],
    range: [-100_000, 100_000],
    steady: true,
    nullable: () => true,
  }),
);
