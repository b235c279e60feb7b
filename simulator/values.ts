// The model of the generated values: a level per border, a season, a daily shape, and correlated noise. Pure functions of (seed, key,
// hour). Values of max exchanges are whole MW; hours are counted from 1970-01-01T00:00Z. The constants were set by eye against the recorded
// statistics; they contain no recorded number.
import type { Border } from './borders.ts';
import { hashText, mix, unit } from './random.ts';

/** A border with the model's parameters for it. */
export interface Series {
  readonly hash: number;
  readonly levelMw: number;
  /** Standard deviation around the level, as a share of it. */
  readonly volatility: number;
}

// How much a zone can export and import, in MW.
const ZONE_MW: Readonly<Record<string, { out: number; in: number }>> = {
  AT: { out: 3500, in: 3000 },
  BE: { out: 3000, in: 4000 },
  CZ: { out: 4000, in: 3000 },
  DE: { out: 4500, in: 3500 },
  FR: { out: 3000, in: 4500 },
  HR: { out: 2000, in: 3000 },
  HU: { out: 3500, in: 2500 },
  NL: { out: 3500, in: 3500 },
  PL: { out: 2500, in: 2500 },
  RO: { out: 1500, in: 2500 },
  SI: { out: 3000, in: 3000 },
  SK: { out: 3500, in: 2500 },
};
// Capacity of the cable or border behind a virtual hub, in MW.
const HUB_MW: Readonly<Record<string, number>> = {
  DE_DK1_VH: 2500,
  DE_DK2_BigHub: 600,
  DE_NO2_BigHub: 1400,
  DE_SE4_Baltic: 600,
  NL_DK1_COBRA: 700,
  NL_NO2_NorNed: 700,
  PL_LT_BigHub: 500,
  PL_SE4_SwePol: 600,
  RO_BG_VH: 1500,
};
// A few corridors carry far more than their two ends suggest.
const CORRIDOR: Readonly<Record<string, number>> = {
  DE_FR: 3,
  DE_BE: 1.6,
  NL_FR: 1.5,
  NL_BE: 1.5,
  CZ_DE: 1.5,
};

/** Draws the level and the volatility of one border. */
export function seriesOf(seed: number, border: Border): Series {
  const hash = mix(seed, hashText(border.key));
  const spread = (unit(mix(hash, 1)) + unit(mix(hash, 2)) + unit(mix(hash, 3)) - 1.5) * 2;
  const luck = unit(mix(hash, 4));
  return {
    hash,
    levelMw: baseMw(border) * Math.exp((border.virtual ? 0.1 : 0.16) * spread),
    volatility: 0.04 + 0.2 * luck + 0.25 * luck * luck,
  };
}

/** Draws a series of any key around a level. */
export function sizedSeries(seed: number, key: string, level: number): Series {
  const hash = mix(seed, hashText(key));
  const luck = unit(mix(hash, 4));
  return { hash, levelMw: level * (0.5 + unit(mix(hash, 1))), volatility: 0.04 + 0.3 * luck };
}

/** A value around zero, rarely beyond the level, in one hour or a part of it. */
export function signedValue(seed: number, key: string, hour: number, level: number, digits = 0): number {
  const hash = mix(seed, hashText(key));
  const noise =
    drift(hash, hour, 31) + 0.5 * drift(mix(hash, 7), hour, 6) + 0.1 * drift(mix(hash, 9), hour, 1);
  return rounded(level * (0.3 + unit(mix(hash, 1))) * noise, digits);
}

/** A constant round number of the size of the level. */
export function constantOf(seed: number, key: string, level: number): number {
  return Math.round((level * (0.5 + unit(mix(seed, hashText(key))))) / 10) * 10;
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits || 0;
}

/** The value of a series in one hour or a part of it, with a number of digits after the point, never negative. */
export function valueMw(series: Series, hour: number, digits = 0): number {
  const { hash, volatility } = series;
  const noise =
    0.8 * drift(hash, hour, 31) + 0.8 * drift(mix(hash, 7), hour, 6) + 0.36 * drift(mix(hash, 9), hour, 1);
  const share = 1 + season(hour) + dailyShape(hour) * (0.5 + 4 * volatility) + volatility * noise;
  return Math.max(0, rounded(series.levelMw * share, digits));
}

function baseMw({ from, to, virtual }: Border): number {
  if (virtual) return HUB_MW[from] ?? HUB_MW[to] ?? 0;
  return Math.sqrt((ZONE_MW[from]?.out ?? 0) * (ZONE_MW[to]?.in ?? 0)) * (CORRIDOR[`${from}_${to}`] ?? 1);
}

/** More in winter: cables carry more when it is cold. */
function season(hour: number): number {
  return 0.06 * Math.cos((2 * Math.PI * (hour / 24 - 20)) / 365.25);
}

/** More at night and around noon, least in the early evening (hours in UTC). */
function dailyShape(hour: number): number {
  const turn = (2 * Math.PI * hour) / 24;
  return 0.05 * Math.cos(turn) + 0.03 * Math.cos(2 * turn + 0.6);
}

/** Smooth noise in [-1, 1], with a correlation time of about `period` hours. */
function drift(hash: number, hour: number, period: number): number {
  const step = Math.floor(hour / period);
  const share = hour / period - step;
  const left = unit(mix(mix(hash, period), step));
  const right = unit(mix(mix(hash, period), step + 1));
  return 2 * (left + (right - left) * share * share * (3 - 2 * share)) - 1;
}
