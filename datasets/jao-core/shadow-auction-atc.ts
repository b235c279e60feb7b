/**
 * Core shadow auction ATC: /core/api/data/shadowAuctionATC
 *
 * 38 series: neighbours in the region, both ways. Whole numbers.
 * Not known: when it is published; taken to be with the final domain.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoCore } from './source.ts';
import { jaoTable } from './table.ts';

export default defineDataset(
  jaoTable({
    source: jaoCore,
    name: 'shadow-auction-atc',
    region: 'core',
    table: 'shadowAuctionATC',
    title: 'Core shadow auction ATC',
    description:
      'Available transfer capacity that shadow auctions would offer if the day-ahead market could not be coupled.',
    unit: 'MW',
    columns: ['border_'],
    published: '10:30',
    resolution: [{ from: '2022-06-09', minutes: 60 }],
    expectedSeries: [{ from: '2022-06-09', count: 38 }],
    range: [0, 50_000],
    steady: true,
  }),
);
