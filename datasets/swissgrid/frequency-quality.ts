/**
 * Quality of grid frequency by day: computed from what was measured, one value of each kind for a delivery day.
 *
 * Series        of each series of the measurements (mostly `frequency`), with its name before the dot:
 *               `.outside_share` %, the time outside of 50 Hz ± 50 mHz, as a share of the time that was measured;
 *               `.longest_excursion` s, the longest time without a break outside of it;
 *               `.missing` s, the time of the day of which there is no value.
 * Unit          of each series is in its attributes.
 * Intervals     as long as those of the measurements of the day; a value holds for its interval. An excursion ends where a value is
 *               missing: nobody knows what was there.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ComputedPoint, DerivedUnit } from '../../domain/dataset/derive.ts';
import { missingSeries, type SeriesPoints } from '../../domain/interpret/checks.ts';
import { swissgrid } from './source.ts';

const NOMINAL_HZ = 50;
const BAND_HZ = 0.05;
/** The limits of the band count as within, despite rounding of binary fractions. */
const HAIR_HZ = 1e-9;

const UNITS: Readonly<Record<string, string>> = { outside_share: '%', longest_excursion: 's', missing: 's' };

export default defineDataset({
  shape: 'points',
  silence: 'keep',
  id: 'swissgrid.frequency-quality',
  source: swissgrid,
  title: 'Quality of grid frequency',
  description:
    'By day: the share of time outside of 50 Hz ± 50 mHz, the longest excursion from it, and the time that was not measured.',
  unit: '% and s',
  owner: 'computed here',
  licence: "Swissgrid's terms of use",
  link: 'https://www.swissgrid.ch/en/home/operation/regulation/frequency.html',
  access: 'open',
  retentionDays: null,
  firstDay: '2010-01-01',
  chunkDays: 365,
  decoderVersion: 1,
  resolution: [{ from: '2010-01-01', minutes: 1_440 }],
  expectedSeries: [{ from: '2010-01-01', count: 3 }],
  derive: {
    inputs: { measured: { dataset: 'swissgrid.frequency' } },
    compute: ({ starts, endMs, inputs }) =>
      [...(inputs.measured ?? [])].flatMap(([series, points]) => pointsOf(series, points, starts, endMs)),
  },
  checks: [missingSeries()],
  seriesAttributes: (series) => {
    const unit = new Map(Object.entries(UNITS)).get(series.slice(series.lastIndexOf('.') + 1));
    return unit ? { unit } : {};
  },
});

function pointsOf(
  series: string,
  points: SeriesPoints,
  [startsAtMs = 0]: DerivedUnit['starts'],
  endMs: number,
): ComputedPoint[] {
  const { measuredMs, outsideMs, longestMs } = quality(points);
  const dayMs = endMs - startsAtMs;
  return [
    { series: `${series}.missing`, startsAtMs, value: Math.max(0, dayMs - measuredMs) / 1_000 },
    // Without measurements there is no share.
    ...(measuredMs === 0
      ? []
      : [
          { series: `${series}.outside_share`, startsAtMs, value: (100 * outsideMs) / measuredMs },
          { series: `${series}.longest_excursion`, startsAtMs, value: longestMs / 1_000 },
        ]),
  ];
}

/** One pass over the columns: a day of seconds has 86,400 values. */
function quality({ startsAtMs, values, stepMs }: SeriesPoints) {
  const sums = { measuredMs: 0, outsideMs: 0, longestMs: 0 };
  let excursionMs = 0;
  let nextMs = Number.NaN;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    const at = startsAtMs[i] as number;
    if (Number.isNaN(value)) continue;
    const isOutside = Math.abs(value - NOMINAL_HZ) > BAND_HZ + HAIR_HZ;
    excursionMs = isOutside ? (at === nextMs ? excursionMs : 0) + stepMs : 0;
    nextMs = at + stepMs;
    sums.measuredMs += stepMs;
    if (isOutside) sums.outsideMs += stepMs;
    sums.longestMs = Math.max(sums.longestMs, excursionMs);
  }
  return sums;
}
