/**
 * Nordic max border flows: /nordic/api/data/maxBorderFlow
 *
 * Not known: how many columns; 40 = the borders within the region, both ways, are the least that there can be. Nor the
 * step: taken to be that of max exchanges.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoTable, quarterHourly } from '../jao-core/table.ts';
import { jaoNordic } from './source.ts';

export default defineDataset(
  jaoTable({
    source: jaoNordic,
    name: 'max-border-flows',
    region: 'nordic',
    table: 'maxBorderFlow',
    title: 'Nordic max border flows',
    description:
      'Greatest flow across each border that the final flow-based domain allows, per directed border.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: quarterHourly('2024-10-30'),
    expectedSeries: [{ from: '2024-10-30', count: 40 }],
    range: [0, 50_000],
  }),
);
