/**
 * Day-ahead prices of bidding zones (12.1.D), document A44, contract A01.
 *
 * Auctions      AT and DE_LU have two at the same instants: sequence 1 is the single day-ahead coupling (gate 12:00), 2 is
 *               EXAA (gate 10:15), which is there before noon. Both are series of their own (`DE_LU.1`, `DE_LU.2`), and a day without
 *               one of them is not complete. In other zones nothing says which auction it is (`FR`).
 * Steps         quarter-hours from delivery day 2025-10-01 on; sequence 2 had them before. One answer may have both.
 * Not known     since when sequences are reported; taken is the day from which prices come in their present form. Older days
 *               have one series or two.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { sameAsYesterday } from '../../domain/interpret/checks.ts';
import { zoneAnd } from './attributes.ts';
import { allZeros } from './checks.ts';
import { prices } from './products.ts';
import { dayBefore } from './schedules.ts';
import { entsoeTable } from './table.ts';
import { pricedZonesOn } from './zones.ts';

const SEQUENCES_FROM = '2024-10-04';

export default defineDataset(
  entsoeTable({
    name: 'day-ahead-prices',
    title: 'Day-ahead prices',
    description: 'Price of each bidding zone and auction for the next day, as the market was cleared.',
    unit: 'EUR/MWh',
    product: prices,
    schedule: dayBefore('10:20', '13:00', '15:00'),
    range: [-1_000, 10_000],
    parts: {
      of: (day, settings) => pricedZonesOn(day, settings).map(({ code }) => code),
      expectedSeries: (part, day) => (['AT', 'DE_LU'].includes(part) && day >= SEQUENCES_FROM ? 2 : 1),
    },
    checks: [sameAsYesterday(), allZeros()],
    seriesAttributes: zoneAnd('sequence'),
  }),
);
