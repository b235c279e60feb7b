/** Physical flows across borders (12.1.G), document A11: a request and a series for each direction, `DE_LU>NL`. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { flowAttributes } from './attributes.ts';
import { bordersOn } from './borders.ts';
import { flows } from './products.ts';
import { measured } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'physical-flows',
    title: 'Physical flows',
    description:
      'Power that flowed from one bidding zone to another as it was measured, each direction by itself.',
    unit: 'MW',
    product: flows,
    schedule: measured(),
    range: [0, 30_000],
    parts: { of: bordersOn },
    seriesAttributes: flowAttributes,
  }),
);
