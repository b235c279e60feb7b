/**
 * Prices of imbalance (17.1.G), document A85, which comes as a zip: a series for each category, `AT.A04` (excess) and
 * `AT.A05` (insufficient balance).
 *
 * Not known     under which EIC Germany publishes them: that of its zone is requested.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { imbalancePrices } from './products.ts';
import { measured } from './schedules.ts';
import { entsoeTable } from './table.ts';

export default defineDataset(
  entsoeTable({
    name: 'imbalance-prices',
    title: 'Imbalance prices',
    description:
      'Price of imbalance of each zone by category: excess (A04) and insufficient balance (A05). Series of another currency say it: CZ.A04.CZK.',
    unit: 'EUR/MWh',
    product: imbalancePrices,
    schedule: measured(),
    range: [-100_000, 100_000],
    seriesAttributes: zoneAnd('category', 'currency'),
  }),
);
