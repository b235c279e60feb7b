/**
 * Rollups of a day's lines, by hour and day: bit for bit what `refreshRollups` (db/queries/points/rollups.ts) computes from the same points
 * in SQL. Sums are added in order of time. Pure.
 */
import type { Interval } from '../time/civil-day.ts';
import type { SeriesRead } from './day-read.ts';

/** Figures of the points of an interval that have a value; null where none has. */
export interface Figures {
  readonly count: number;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly first: number | null;
  readonly last: number | null;
}

export interface HourRollup extends Figures {
  /** A UTC hour; the start of the day if that is within the hour. */
  readonly startsAtMs: number;
}

export interface DayRollup extends Figures {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Length of the intervals: the most frequent distance of neighbours, the shortest of several. */
  readonly stepSeconds: number;
  /** From the start of the day to that of the first interval; less than one. */
  readonly offsetSeconds: number;
  /** Points that were published, with a value or as null. */
  readonly published: number;
}

export interface SeriesRollup {
  readonly day: DayRollup;
  /** Hours that have points, ascending. */
  readonly hours: readonly HourRollup[];
}

const HOUR_MS = 3_600_000;

/**
 * Rolls up the valid points of a series on a day; undefined when it has none.
 * @param finestSeconds the step of a day with a single point.
 */
export function rollupOf(
  { startsAtMs, values }: Pick<SeriesRead, 'startsAtMs' | 'values'>,
  { startMs, endMs }: Interval,
  finestSeconds: number,
): SeriesRollup | undefined {
  if (startsAtMs.length === 0) return undefined;
  const day = new Sums(startMs);
  const hours: Sums[] = [];
  let hour = day;
  let hourEndMs = startMs;
  for (let i = 0; i < startsAtMs.length; i += 1) {
    const at = startsAtMs[i] as number;
    if (at >= hourEndMs) {
      const utcHour = Math.floor(at / HOUR_MS) * HOUR_MS;
      hour = new Sums(Math.max(utcHour, startMs));
      hours.push(hour);
      hourEndMs = utcHour + HOUR_MS;
    }
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    day.add(value);
    hour.add(value);
  }
  const stepSeconds = commonStepSeconds(startsAtMs) ?? finestSeconds;
  const offsetSeconds = (((startsAtMs[0] as number) - startMs) / 1000) % stepSeconds;
  return {
    day: { ...day.figures(), endsAtMs: endMs, stepSeconds, offsetSeconds, published: startsAtMs.length },
    hours: hours.map((each) => each.figures()),
  };
}

/** Running figures. Of equal values the later counts, as in PostgreSQL: there are two zeros. */
class Sums {
  readonly startsAtMs: number;
  #count = 0;
  #sum = 0;
  #min = 0;
  #max = 0;
  #first = 0;
  #last = 0;

  constructor(startsAtMs: number) {
    this.startsAtMs = startsAtMs;
  }

  add(value: number): void {
    if (this.#count === 0) {
      this.#sum = value;
      this.#min = value;
      this.#max = value;
      this.#first = value;
    } else {
      this.#sum += value;
      if (!(this.#min < value)) this.#min = value;
      if (!(this.#max > value)) this.#max = value;
    }
    this.#last = value;
    this.#count += 1;
  }

  figures(): HourRollup {
    const { startsAtMs } = this;
    if (this.#count === 0) return { startsAtMs, ...NOTHING };
    return {
      startsAtMs,
      ...{ count: this.#count, sum: this.#sum, min: this.#min, max: this.#max },
      ...{ first: this.#first, last: this.#last },
    };
  }
}

const NOTHING: Figures = { count: 0, sum: null, min: null, max: null, first: null, last: null };

/** Undefined for a single point. */
function commonStepSeconds(startsAtMs: Float64Array): number | undefined {
  const times = new Map<number, number>();
  let distance = 0;
  let run = 0;
  const count = () => run > 0 && times.set(distance, (times.get(distance) ?? 0) + run);
  for (let i = 1; i < startsAtMs.length; i += 1) {
    const next = (startsAtMs[i] as number) - (startsAtMs[i - 1] as number);
    if (next === distance) {
      run += 1;
      continue;
    }
    count();
    distance = next;
    run = 1;
  }
  count();
  const [commonest] = [...times].toSorted(([a, often], [b, asOften]) => asOften - often || a - b);
  return commonest && commonest[0] / 1000;
}
