/**
 * Core external ATC: /core/api/data/atc
 *
 * 14 columns, of which the four with Italy are always null: 10 are expected.
 * The step before 2025-10-01 is taken to be an hour, as for market results.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { isItalian } from './columns.ts';
import { jaoCore } from './source.ts';
import { jaoTable, quarterHourly } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'atc',
    region: 'core',
    table: 'atc',
    title: 'Core external ATC',
    description:
      'Available transfer capacity on borders of the Core region with others, per directed border.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [{ from: '2022-06-09', count: 10 }],
    range: [0, 50_000],
    steady: true,
    nullable: isItalian,
  }),
);
