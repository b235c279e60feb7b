/**
 * Tables of points of the common form, a row each. What a dataset has of its own besides is in a file of its name.
 *
 * Auctions      AT and DE_LU have two at the same instants: sequence 1 is the single day-ahead coupling (gate 12:00), 2 is EXAA
 *               (gate 10:15), which is there before noon. Both are series of their own (`DE_LU.1`, `DE_LU.2`), and a day without one of
 *               them is not complete. In other zones nothing says which auction it is (`FR`). Days before sequences were reported have
 *               one series or two; since when they are is not known.
 * Steps         of prices are quarter-hours from delivery day 2025-10-01 on; sequence 2 had them before. One answer may have both.
 * Consumption   of pumps and batteries is a series of its own: `DE_LU.B10.consumption` beside `DE_LU.B10`. The types of a zone are those
 *               in its answers.
 * Imbalance     comes as a zip. Not known: under which EIC Germany publishes it; that of its zone is requested.
 */
import { sameAsYesterday } from '../../domain/interpret/checks.ts';
import { flowAttributes, generationAttributes, zoneAnd } from './attributes.ts';
import { bordersOn } from './borders.ts';
import {
  flows,
  generation,
  imbalancePrices,
  load,
  prices,
  SEQUENCES_FROM,
  windAndSolar,
} from './products.ts';
import { at, dayBefore, measured, throughTheDay } from './schedules.ts';
import { allZeros, type EntsoeTable, entsoeTable } from './table.ts';
import { pricedZonesOn } from './zones.ts';

const MW = { unit: 'MW' } as const;
const LOAD = {
  ...MW,
  range: [0, 200_000],
  checks: [sameAsYesterday()],
  seriesAttributes: zoneAnd(),
} as const;
const WEATHER = { ...MW, range: [0, 150_000], seriesAttributes: zoneAnd('psr_type') } as const;

const TABLES: readonly EntsoeTable[] = [
  // 12.1.D, contract A01.
  {
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
  },
  // 16.1.B and C.
  {
    name: 'generation-by-type',
    title: 'Actual generation by type',
    description:
      'Generation of each bidding zone by type of plant as it was measured, and what was consumed.',
    ...MW,
    product: generation,
    schedule: measured(),
    // Some report types net of their own use, which may exceed their output.
    range: [-20_000, 150_000],
    seriesAttributes: generationAttributes,
  },
  // 17.1.G: a series for each category, `AT.A04` and `AT.A05`.
  {
    name: 'imbalance-prices',
    title: 'Imbalance prices',
    description:
      'Price of imbalance of each zone by category: excess (A04) and insufficient balance (A05). Series of another currency say it: CZ.A04.CZK.',
    unit: 'EUR/MWh',
    product: imbalancePrices,
    schedule: measured(),
    range: [-100_000, 100_000],
    seriesAttributes: zoneAnd('category', 'currency'),
  },
  // 6.1.A: known about an hour after each interval.
  {
    name: 'load-actual',
    title: 'Actual total load',
    description: 'Load of each bidding zone as it was measured, per quarter-hour or hour.',
    product: load('A16'),
    schedule: measured(),
    ...LOAD,
  },
  // 6.1.B: two hours before gate closure, revised on major changes.
  {
    name: 'load-forecast',
    title: 'Day-ahead load forecast',
    description: 'Load of each bidding zone as it was forecast on the day before, per quarter-hour or hour.',
    product: load('A01'),
    schedule: dayBefore('08:00', '10:00', '14:00'),
    ...LOAD,
  },
  // 12.1.G: a request and a series for each direction, `DE_LU>NL`.
  {
    name: 'physical-flows',
    title: 'Physical flows',
    description:
      'Power that flowed from one bidding zone to another as it was measured, each direction by itself.',
    ...MW,
    product: flows,
    schedule: measured(),
    range: [0, 30_000],
    parts: { of: bordersOn },
    seriesAttributes: flowAttributes,
  },
  // 14.1.D: renewed through the day, the latest one counts.
  {
    name: 'wind-solar-forecast-current',
    title: 'Wind and solar forecast, current',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast last; every vintage that was seen is kept.',
    product: windAndSolar('A18'),
    schedule: throughTheDay(at(-1, '18:00'), at(0, '08:00'), at(0, '12:00')),
    ...WEATHER,
  },
  {
    name: 'wind-solar-forecast-day-ahead',
    title: 'Wind and solar forecast, day-ahead',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast on the day before.',
    product: windAndSolar('A01'),
    schedule: dayBefore('12:00', '18:00', '21:00'),
    ...WEATHER,
  },
  {
    name: 'wind-solar-forecast-intraday',
    title: 'Wind and solar forecast, intraday',
    description:
      'Solar (B16), wind offshore (B18) and onshore (B19) of each bidding zone as forecast in the morning of the day.',
    product: windAndSolar('A40'),
    schedule: throughTheDay(at(-1, '20:00'), at(0, '08:00'), at(0, '12:00')),
    ...WEATHER,
  },
];

export default TABLES.map(entsoeTable);
