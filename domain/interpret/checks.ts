/**
 * The checks that any dataset can use. A check is a pure function over one day's points; it has a code, a severity and
 * a sentence that a trader understands. A check of severity `block` that names a point keeps that point from being
 * written. Checks that know the market (borders, directions) live in the dataset's folder.
 */

import type { DecodedPoint } from '../dataset/points.ts';
import type { CivilDay } from '../time/civil-day.ts';
import type { Severity } from './finding.ts';

/** What a check sees: one day, its grid and its points. */
export interface CheckInput {
  readonly day: CivilDay;
  /** UTC starts of the day's intervals, ascending. */
  readonly starts: readonly number[];
  /** The points on the grid, one per series and start, by series in order of time. */
  readonly series: ReadonlyMap<string, readonly DecodedPoint[]>;
  /** Points that are not among them because they could not be read or contradicted each other, by series. */
  readonly unusable: ReadonlyMap<string, number>;
  /** How many series a complete day has at least. */
  readonly expectedSeries: number;
  /** Whether the day repeats the day before, as known when this payload was fetched; false when nothing was. */
  readonly repeatsYesterday: boolean;
}

/** One place where a check found something. Left out fields mean "the whole day". */
export interface Hit {
  readonly series?: string;
  readonly startsAtMs?: number;
  readonly points?: number;
  readonly place?: string;
  readonly raw?: string;
  readonly reason: string;
}

export interface Check {
  readonly rule: string;
  readonly severity: Severity;
  /** What the rule guards against, for the docs. */
  readonly sentence: string;
  /** Set when `repeatsYesterday` is read, so that the day before is looked at only where it is needed. */
  readonly needsYesterday?: true;
  run(input: CheckInput): Hit[];
}

/** Values outside [min, max] cannot be right and are not written. */
export function range(min: number, max: number, unit: string): Check {
  return {
    rule: 'range',
    severity: 'block',
    sentence: `A value below ${min} or above ${max} ${unit} cannot be right; the point is quarantined.`,
    run: ({ series }) =>
      [...series.values()]
        .flatMap((points) => points.filter(({ value }) => value !== null && (value < min || value > max)))
        .map((point) => ({
          ...placeOf(point),
          reason: `${point.series} is ${point.value} ${unit}, outside ${min} to ${max} ${unit}`,
        })),
  };
}

/** A value that jumps by more than `step` and more than `share` of the larger neighbour within one interval. */
export function suddenStep(step: number, share: number, unit: string): Check {
  const jumps = (a: number, b: number) =>
    Math.abs(b - a) > step && Math.abs(b - a) > share * Math.max(Math.abs(a), Math.abs(b));
  return {
    rule: 'sudden_step',
    severity: 'warn',
    sentence: `A value moved by more than ${step} ${unit} and ${share * 100} % from one interval to the next.`,
    run: ({ series }) =>
      [...series.values()].flatMap((points) =>
        steps(points)
          .filter(({ before, point: { value } }) => before !== null && value !== null && jumps(before, value))
          .map(({ before, point }) => ({
            ...placeOf(point),
            reason: `${point.series} went from ${before} to ${point.value} ${unit}`,
          })),
      ),
  };
}

/** Every series stands still for the whole day: a stuck feed rather than a quiet market. */
export function frozen(): Check {
  return {
    rule: 'frozen',
    severity: 'warn',
    sentence: 'No series moved during the whole day, which a live feed does not do.',
    run: ({ series }) => {
      const days = [...series.values()].filter((points) => points.length > 1);
      const still = days.every((points) => points.every(({ value }) => value === points[0]?.value));
      return days.length > 0 && still
        ? [{ points: count(days), reason: 'no series moved during the whole day' }]
        : [];
    },
  };
}

/** The day repeats the day before, value by value: probably yesterday's answer under today's date. */
export function sameAsYesterday(): Check {
  return {
    rule: 'same_as_yesterday',
    severity: 'warn',
    sentence: 'Every value equals the value of the same interval of the day before.',
    needsYesterday: true,
    run: ({ series, repeatsYesterday }) =>
      repeatsYesterday
        ? [{ points: count([...series.values()]), reason: 'every value equals that of the day before' }]
        : [],
  };
}

/** Intervals of the day for which no series has a row, and series that lack intervals which others have. */
export function missingIntervals(): Check {
  return {
    rule: 'missing_intervals',
    severity: 'warn',
    sentence: 'Expected intervals of the day are not in the answer.',
    run: ({ series, starts, expectedSeries, unusable }) => {
      const seen = new Set<number>();
      for (const points of series.values()) for (const { startsAtMs } of points) seen.add(startsAtMs);
      const missing = starts.filter((start) => !seen.has(start));
      const gappy = [...series]
        .map(([name, points]) => ({ name, lacks: seen.size - points.length - (unusable.get(name) ?? 0) }))
        .filter(({ lacks }) => lacks > 0);
      return [
        {
          points: missing.length * Math.max(expectedSeries, series.size),
          reason: `${missing.length} of ${starts.length} intervals are missing: ${listInstants(missing)}`,
        },
        {
          points: gappy.reduce((sum, { lacks }) => sum + lacks, 0),
          reason: `${gappy.length} series lack intervals that others have: ${listNames(gappy.map(({ name }) => name))}`,
        },
      ].filter(({ points }) => points > 0);
    },
  };
}

/** Fewer series than a complete day has. */
export function missingSeries(): Check {
  return {
    rule: 'missing_series',
    severity: 'warn',
    sentence: 'The answer has fewer series than a complete day.',
    run: ({ series, starts, expectedSeries }) =>
      series.size >= expectedSeries
        ? []
        : [
            {
              points: (expectedSeries - series.size) * starts.length,
              reason: `${series.size} series where at least ${expectedSeries} were expected`,
            },
          ],
  };
}

/** Points that were published without a value. */
export function nullValues(): Check {
  return {
    rule: 'null_values',
    severity: 'warn',
    sentence:
      'Points were published without a value; they are kept as null, which is neither zero nor absent.',
    run: ({ series }) => {
      const empty = [...series].filter(([, all]) => all.some(({ value }) => value === null));
      const points = empty.reduce(
        (sum, [, all]) => sum + all.filter(({ value }) => value === null).length,
        0,
      );
      const names = empty.map(([name]) => name);
      return points === 0
        ? []
        : [{ points, reason: `${points} points without a value, in ${listNames(names)}` }];
    },
  };
}

/** Each point with the value before it; null where there is none. */
function steps(points: readonly DecodedPoint[]) {
  return points.map((point, i) => ({ point, before: points[i - 1]?.value ?? null }));
}

/** Instants as people read them, at most five. */
export function listInstants(instants: readonly number[]): string {
  return listNames(instants.map((ms) => `${new Date(ms).toISOString().slice(0, 16)}Z`));
}

/** Names as people read them, at most five. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

function placeOf({ series, startsAtMs, place, value }: DecodedPoint): Omit<Hit, 'reason'> {
  return { series, startsAtMs, place, raw: JSON.stringify(value) };
}

function count(days: readonly (readonly DecodedPoint[])[]): number {
  return days.reduce((sum, points) => sum + points.length, 0);
}
