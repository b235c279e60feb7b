/**
 * Actual generation per type (16.1.B and C), document A75, process A16. Consumption (pumps, batteries) is a series of its own:
 * `DE_LU.B10.consumption` beside `DE_LU.B10`. The types of a zone are those in its answers.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { generationAttributes } from './attributes.ts';
import { generation } from './products.ts';
import { measured } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'generation-by-type',
    title: 'Actual generation by type',
    description:
      'Generation of each bidding zone by type of plant as it was measured, and what was consumed.',
    unit: 'MW',
    product: generation,
    schedule: measured(),
    // Some report types net of their own use, which may exceed their output.
    range: [-20_000, 150_000],
    seriesAttributes: generationAttributes,
  }),
);
