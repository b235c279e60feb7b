// The columns of a kind in an area: the value of each as of an instant, and since when it is known. Pure functions of (seed, column,
// instant). Instants are UTC milliseconds since 1970.
import { HOUR_MS } from '../business-day.ts';
import { publishedAtMs, revisedAtMs } from '../publication.ts';
import { hashText, mix, unit, unitOf } from '../random.ts';
import { signedValue, sizedSeries, valueMw } from '../values.ts';
import type { Area } from './areas.ts';

/** One TimeSeries of a document, for any window. */
export interface Column {
  readonly key: string;
  /** Elements that describe it. */
  readonly title: readonly string[];
  /** Length of its intervals on a day. */
  minutesOn(day: string): number;
  /** When the value of an interval is published; Infinity where it never is. */
  knownAtMs(day: string, startsAtMs: number): number;
  /** The value as of an instant at which it is known. */
  valueAt(day: string, startsAtMs: number, nowMs: number): number;
  /** Further elements of each Point. */
  readonly pointElements?: string;
}

/** The first delivery day of quarter-hours in the day-ahead market. */
export const QUARTERS_FROM = '2025-10-01';

const MINUTE_MS = 60_000;
const FIRST_DAY = '2014-12-15';

/** The seed of a column: the global one, and its names. */
const seedOf = (seed: number, ...names: readonly string[]) => mix(seed, hashText(names.join(' ')));
const calendar = (published: string) => ({ firstDay: FIRST_DAY, published });
const minutesOf =
  ({ quarters }: Area) =>
  () =>
    quarters ? 15 : 60;

/**
 * Day-ahead prices. The second auction is published before noon; on some days after the first, on some the first is missing until the next
 * day.
 */
export function price(
  seed: number,
  area: Area,
  key: string,
  title: readonly string[],
  share: number,
): Column {
  const own = seedOf(seed, 'A44', area.code);
  const isSecond = key === 'ts_2';
  return {
    ...{ key, title },
    minutesOn: (day) => (day >= QUARTERS_FROM || isSecond ? 15 : 60),
    knownAtMs: (day) => auctionAtMs(own, day, isSecond, key === 'ts_0'),
    valueAt: (day, startsAtMs, nowMs) => {
      const value = 70 + signedValue(seedOf(own, key), 'price', startsAtMs / HOUR_MS, 60, 2);
      return revised(own, day, startsAtMs, value, revisionsAt(own, day, share, '13:00', nowMs), 2);
    },
  };
}

function auctionAtMs(own: number, day: string, isSecond: boolean, isOnly: boolean): number {
  const firstMs = publishedAtMs(own, day, calendar('13:00'));
  const luck = unitOf(own, `auctions ${day}`);
  if (isSecond) return luck < 0.05 ? firstMs + 2 * HOUR_MS : publishedAtMs(own, day, calendar('11:30'));
  return luck > (isOnly ? 0.99 : 0.97) ? firstMs + 26 * HOUR_MS : firstMs;
}

/** Measured values: known an interval and three quarters of an hour later. */
export function actual(
  seed: number,
  area: Area,
  key: string,
  title: readonly string[],
  level: number,
  share: number,
): Column {
  const own = seedOf(seed, 'actual', area.code, ...title);
  const series = sizedSeries(own, key, level);
  const stepMs = minutesOf(area)() * MINUTE_MS;
  return {
    ...{ key, title, minutesOn: minutesOf(area) },
    knownAtMs: (_day, startsAtMs) => startsAtMs + stepMs + 45 * MINUTE_MS,
    valueAt: (day, startsAtMs, nowMs) => {
      const revisions = revisionsAt(own, day, share, '23:00', nowMs - 48 * HOUR_MS);
      return revised(own, day, startsAtMs, valueMw(series, startsAtMs / HOUR_MS, 2), revisions, 2);
    },
  };
}

/** A forecast for the next day, published once and sometimes again. */
export function forecast(
  seed: number,
  area: Area,
  key: string,
  title: readonly string[],
  level: number,
  share: number,
  published: string,
): Column {
  const own = seedOf(seed, 'forecast', area.code, key);
  const series = sizedSeries(own, key, level);
  return {
    ...{ key, title, minutesOn: minutesOf(area) },
    knownAtMs: (day) => publishedAtMs(own, day, calendar(published)),
    valueAt: (day, startsAtMs, nowMs) => {
      const revisions = revisionsAt(own, day, share, published, nowMs);
      return revised(own, day, startsAtMs, valueMw(series, startsAtMs / HOUR_MS), revisions, 0);
    },
  };
}

const BETWEEN_VINTAGES_MS = 4 * HOUR_MS;

/** A forecast that is renewed during the day: each vintage replaces what is not past yet. */
export function vintage(
  seed: number,
  area: Area,
  key: string,
  title: readonly string[],
  level: number,
  vintages: number,
): Column {
  const own = seedOf(seed, 'forecast', area.code, key);
  const series = sizedSeries(own, key, level);
  const firstMs = (day: string) => publishedAtMs(own, day, calendar('23:30')) + 2 * HOUR_MS;
  return {
    ...{ key, title, minutesOn: minutesOf(area) },
    knownAtMs: firstMs,
    valueAt(day, startsAtMs, nowMs) {
      const untilMs = Math.max(firstMs(day), Math.min(nowMs, startsAtMs));
      const number = Math.min(vintages - 1, Math.floor((untilMs - firstMs(day)) / BETWEEN_VINTAGES_MS));
      const drift = 1 + 0.02 * number * (unitOf(own, `vintage ${day} ${number}`) - 0.5);
      return Math.round(valueMw(series, startsAtMs / HOUR_MS) * drift);
    },
  };
}

/** The price of imbalance of one category, an hour and a half later. */
export function imbalance(seed: number, area: Area, category: string, share: number): Column {
  const own = seedOf(seed, 'A85', area.code);
  return {
    key: `ts_${category}`,
    title: [
      '<businessType>A19</businessType>',
      '<currency_Unit.name>EUR</currency_Unit.name>',
      '<price_Measure_Unit.name>MWH</price_Measure_Unit.name>',
    ],
    pointElements: `<imbalance_Price.category>${category}</imbalance_Price.category>`,
    minutesOn: () => 15,
    knownAtMs: (_day, startsAtMs) => startsAtMs + 105 * MINUTE_MS,
    valueAt: (day, startsAtMs, nowMs) => {
      const spread = category === 'A04' ? 0 : 5;
      const value = 80 + spread + signedValue(own, 'imbalance', startsAtMs / HOUR_MS, 200, 2);
      return revised(
        own,
        day,
        startsAtMs,
        value,
        revisionsAt(own, day, share, '23:00', nowMs - 72 * HOUR_MS),
        2,
      );
    },
  };
}

function revisionsAt(own: number, day: string, share: number, published: string, nowMs: number): number {
  return revisedAtMs(own, day, share, calendar(published)).filter((atMs) => atMs <= nowMs).length;
}

/** Each revision changes some of the intervals of a day, a little. */
function revised(
  own: number,
  day: string,
  startsAtMs: number,
  value: number,
  revisions: number,
  digits: number,
): number {
  let now = value;
  for (let revision = 1; revision <= revisions; revision += 1) {
    const luck = unit(mix(mix(mix(own, hashText(day)), revision), startsAtMs / (3 * HOUR_MS)));
    if (luck < 0.3) now = now * 1.01 + 1;
  }
  return Number(now.toFixed(digits));
}
