/**
 * The checks that any dataset can use. A check is a pure function of what was decoded of one unit: points in columns, or records. It has a
 * code, a severity and a sentence that a trader understands. A point or record named by a check of severity `block` is not written. Checks
 * that know the market (borders, directions) live in the dataset's folder.
 */

import type { RecordCheck } from '../dataset/records.ts';
import type { CivilDay } from '../time/civil-day.ts';
import type { Severity } from './finding.ts';

/** Points of one series on a day, in columns that ascend in time, milliseconds UTC; one point an instant. */
export interface SeriesPoints {
  readonly startsAtMs: Float64Array;
  /** NaN stands for a published null. */
  readonly values: Float64Array;
  /** Length of the intervals: that of the definition, or the detected one of a series with its own, the shortest of several. */
  readonly stepMs: number;
  /** Length of each, where the day has several. */
  readonly stepsMs?: Float64Array;
}

/** What a check of points sees: the content of one payload for a day. */
export interface CheckInput {
  readonly day: CivilDay;
  /** By name. Points that could not be read, contradict each other or are off the grid are left out. */
  readonly series: ReadonlyMap<string, SeriesPoints>;
  /** How many points are left out for these reasons, by series. */
  readonly unusable: ReadonlyMap<string, number>;
  /** UTC starts of the day's intervals, ascending; empty where each series has intervals of its own. */
  readonly starts: readonly number[];
  /** Minimum number of series of a complete day; 0 if unknown. */
  readonly expectedSeries: number;
  /** Whether the day repeats the day before, as known when this payload was fetched; false when nothing was. */
  readonly repeatsYesterday: boolean;
}

/** One position where a check found something. Absent fields mean "the whole unit". */
export interface Hit {
  readonly series?: string;
  /** With `series`: the point found; its position and raw value are known. */
  readonly startsAtMs?: number;
  /** Records only: the position of the record found; its key and instant are known. */
  readonly place?: string;
  readonly points?: number;
  readonly reason: string;
}

/**
 * What a check requires.
 * - `grid`: the definition determines the intervals and the number of series of a day
 * - `whole`: an answer is complete for its day; never so where silence means nothing
 * - `yesterday`: the day before, as known when the payload was fetched. Unknown for files and for pushed data
 */
export type CheckNeed = 'grid' | 'whole' | 'yesterday';

export interface Check<Input = CheckInput> {
  readonly rule: string;
  readonly severity: Severity;
  /** What the rule guards against, for the docs. */
  readonly summary: string;
  readonly needs?: readonly CheckNeed[];
  /** Set where the check accepts one range of values: it also serves to distinguish decimals from thousands in files. */
  readonly limits?: readonly [min: number, max: number];
  /** The unit of the numbers that it was given: that of the dataset. */
  readonly unit?: string;
  /** Hits are consumed one by one: a generator keeps memory flat. */
  run(input: Input): Iterable<Hit>;
}

/** Values outside [min, max] cannot be right and are not written. */
export function validRange(min: number, max: number, unit: string): Check {
  return {
    rule: 'range',
    severity: 'block',
    summary: `A value below ${min} or above ${max} ${unit} cannot be right; the point is quarantined.`,
    ...{ limits: [min, max], unit },
    *run({ series }) {
      for (const [name, { startsAtMs, values }] of series) {
        for (let i = 0; i < values.length; i++) {
          const value = values[i] as number;
          if (!(value < min || value > max)) continue;
          const reason = `${name} is ${value} ${unit}, outside ${min} to ${max} ${unit}`;
          yield { series: name, startsAtMs: startsAtMs[i] as number, reason };
        }
      }
    },
  };
}

/** Limits are decimals: 50.2 - 50.1 is a little more than 0.1. */
const TOLERANCE = 1 + 1e-9;

/**
 * A value that differs by more than `step` and more than `share` of the larger neighbour from the previous interval.
 * @param within values beyond these limits are not compared: another check quarantines them.
 */
export function suddenStep(
  step: number,
  share: number,
  unit: string,
  within: readonly [min: number, max: number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Check {
  const furthest = step * TOLERANCE;
  const [min, max] = within;
  const isFar = (a: number, b: number) =>
    Math.abs(b - a) > furthest && Math.abs(b - a) > share * Math.max(Math.abs(a), Math.abs(b));
  const relative = share > 0 ? ` and ${share * 100} %` : '';
  return {
    rule: 'sudden_step',
    severity: 'warn',
    summary: `A value moved by more than ${step} ${unit}${relative} from one interval to the next.`,
    unit,
    *run({ series }) {
      for (const [name, { startsAtMs, values, stepMs }] of series) {
        let before = Number.NaN;
        for (let i = 0; i < values.length; i++) {
          const value = values[i] as number;
          const at = startsAtMs[i] as number;
          const isNext = i > 0 && at - (startsAtMs[i - 1] as number) === stepMs;
          // Nulls are not compared.
          if (isNext && isFar(before, value) && value >= min && value <= max)
            yield { series: name, startsAtMs: at, reason: `${name} went from ${before} to ${value} ${unit}` };
          before = value >= min && value <= max ? value : Number.NaN;
        }
      }
    },
  };
}

/** Every series is constant for the whole day: a stuck feed rather than a quiet market. */
export function frozen(): Check {
  return {
    rule: 'frozen',
    severity: 'warn',
    summary: 'No series moved during the whole day, which a live feed does not do.',
    needs: ['whole'],
    run: ({ series }) => {
      const days = [...series.values()].filter(({ values }) => values.length > 1);
      const still = days.every(({ values }) => values.every((value) => isSame(value, values[0] as number)));
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
    summary: 'Every value equals the value of the same interval of the day before.',
    needs: ['whole', 'yesterday'],
    run: ({ series, repeatsYesterday }) =>
      repeatsYesterday
        ? [{ points: count([...series.values()]), reason: 'every value equals that of the day before' }]
        : [],
  };
}

/** Intervals of the day without a row of any series, and series that lack intervals which others have. */
export function missingIntervals(): Check {
  return {
    rule: 'missing_intervals',
    severity: 'warn',
    summary: 'Expected intervals of the day are not in the answer.',
    needs: ['whole', 'grid'],
    run: ({ series, starts, expectedSeries, unusable }) => {
      const covered = new Map([...series].map(([name, points]) => [name, intervalsOf(points, starts)]));
      const seen = new Set([...covered.values()].flat());
      const missing = starts.filter((start) => !seen.has(start));
      const gappy = [...covered]
        .map(([name, its]) => ({ name, lacks: seen.size - its.length - (unusable.get(name) ?? 0) }))
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

/** Starts of the day's intervals that a series has points for: an hour covers four quarters. */
function intervalsOf({ startsAtMs, stepMs, stepsMs }: SeriesPoints, starts: readonly number[]): number[] {
  const [first = 0, second = Number.POSITIVE_INFINITY] = starts;
  const gridMs = second - first;
  return [...startsAtMs].flatMap((at, i) => {
    const length = stepsMs?.[i] ?? stepMs;
    return length <= gridMs ? [at] : Array.from({ length: length / gridMs }, (_, n) => at + n * gridMs);
  });
}

/** Fewer series than a complete day has. */
export function missingSeries(): Check {
  return {
    rule: 'missing_series',
    severity: 'warn',
    summary: 'The answer has fewer series than a complete day.',
    needs: ['whole', 'grid'],
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

/**
 * Points that were published without a value.
 * @param usual series that are normally null: they are stored all the same, without a finding
 */
export function nullValues(usual: (series: string) => boolean = () => false): Check {
  return {
    rule: 'null_values',
    severity: 'warn',
    summary:
      'Points were published without a value; they are kept as null, which is neither zero nor absent.',
    run: ({ series }) => {
      const empty = [...series]
        .filter(([name]) => !usual(name))
        .map(([name, { values }]) => ({ name, points: countNulls(values) }));
      const names = empty.filter(({ points }) => points > 0).map(({ name }) => name);
      const points = empty.reduce((sum, each) => sum + each.points, 0);
      return points === 0
        ? []
        : [{ points, reason: `${points} points without a value, in ${listNames(names)}` }];
    },
  };
}

/** Instants for messages, at most five. */
export function listInstants(instants: readonly number[]): string {
  return listNames(instants.map((ms) => `${new Date(ms).toISOString().slice(0, 16)}Z`));
}

/** Names for messages, at most five. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** Two nulls are the same. */
function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function countNulls(values: Float64Array): number {
  let nulls = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) nulls += 1;
  return nulls;
}

function count(days: readonly SeriesPoints[]): number {
  return days.reduce((sum, { values }) => sum + values.length, 0);
}

// Checks that any dataset of records can use. Pure.

/** Numbers of a field outside [min, max] cannot be right: the record is not written. A null or absent field passes. */
export function validField(name: string, min: number, max: number): RecordCheck {
  return {
    rule: `${name}_range`,
    severity: 'block',
    summary: `A ${name} below ${min} or above ${max} cannot be right; the record is quarantined.`,
    *run({ records }) {
      for (const { key, body, place } of records) {
        const value = body?.[name];
        if (typeof value !== 'number' || (value >= min && value <= max)) continue;
        yield { place, reason: `"${name}" of ${key} is ${value}, outside ${min} to ${max}` };
      }
    },
  };
}
