/**
 * Collects lines into the days of a range. A line belongs to the day of its time, or of a date that can be read from it; an unreadable line
 * to the day of the line before it, or at the beginning to that of the first line with a day. Where clocks and days of a file are those of
 * the dataset, a day's own bytes give the same result alone as within the range (interpretLines).
 */

import type { FiledPoints } from '../dataset/points.ts';
import type { FileRule } from '../interpret/rules.ts';
import { addDays, type CivilDay, dayInterval, daysFrom, eachDay } from '../time/civil-day.ts';
import { DayLines } from './day-lines.ts';
import type { DayRead } from './day-read.ts';
import type { Line, LineSink } from './line-reader.ts';

/** Days of a range, both included. */
export interface DayRange {
  readonly first: CivilDay;
  readonly last: CivilDay;
}

/** Lines without data, with up to three of them as they are in the file. */
export interface Refusals {
  readonly rule: FileRule;
  readonly count: number;
  readonly samples: readonly string[];
}

export interface CollectorOptions {
  /** The one day to keep; lines of other days in the range are skipped silently. @default all days */
  readonly only?: CivilDay;
  /** Whether lines of days outside the range are refused, rather than skipped like those of days that are not kept. @default true */
  readonly warnOutside?: boolean;
}

const SAMPLES = 3;

export class DayCollector implements LineSink {
  readonly #dataset: FiledPoints;
  readonly #names: readonly string[];
  readonly #range: DayRange;
  /** The number of the only day to keep, or null for all. */
  readonly #only: number | null;
  readonly #warnsOutside: boolean;
  /** Starts of the days and the end of the last one. */
  readonly #bounds: Float64Array;
  readonly #days: (DayLines | undefined)[];
  readonly #refusals = new Map<FileRule, { count: number; samples: string[] }>();
  /** The day of the current lines: undefined for one that is not kept. Until a line has a day, a provisional one. */
  #day: DayLines | undefined = new DayLines();
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.NEGATIVE_INFINITY;
  #hasBegun = false;

  /** @param names of the series by number, as they become known: those of the reader */
  constructor(
    dataset: FiledPoints,
    names: readonly string[],
    range: DayRange,
    { only, warnOutside = true }: CollectorOptions = {},
  ) {
    this.#dataset = dataset;
    this.#names = names;
    this.#range = range;
    this.#warnsOutside = warnOutside;
    this.#only = only === undefined ? null : daysFrom(range.first, only);
    this.#bounds = boundsOf(range, dataset.source.timeZone);
    this.#days = Array.from({ length: this.#bounds.length - 1 });
  }

  point(line: Line, series: number, startsAtMs: number, value: number): void {
    if ((startsAtMs < this.#fromMs || startsAtMs >= this.#toMs) && !this.#enter(startsAtMs)) {
      this.#outside(line, series, startsAtMs);
      return;
    }
    const day = this.#day;
    if (day === undefined) return;
    day.see(line);
    day.push(series, startsAtMs, value, line.number);
  }

  refused(
    line: Line,
    rule: FileRule,
    reason: string,
    series: number,
    startsAtMs: number,
    aboutMs: number,
  ): void {
    // Both comparisons are false for NaN.
    const isElsewhere = aboutMs < this.#fromMs || aboutMs >= this.#toMs;
    if (isElsewhere && !this.#enter(aboutMs) && !this.#warnsOutside) this.#leave();
    if (this.#day === undefined) return;
    this.#count(rule, line);
    const name = this.#names[series] ?? null;
    this.#day.refuse(line, rule, reason, name, Number.isNaN(startsAtMs) ? null : startsAtMs);
  }

  /** How many lines and values were refused so far. Problems that only show in a whole day (repetitions, grid) are not included. */
  get refusedSoFar(): number {
    let total = 0;
    for (const { count } of this.#refusals.values()) total += count;
    return total;
  }

  /** What was refused so far, most frequent first, to explain why a load stops. */
  refusals(): Refusals[] {
    const all = [...this.#refusals].map(([rule, of]) => ({ rule, ...of }));
    return all.sort((a, b) => b.count - a.count);
  }

  /** The days that have lines, ascending. Ends the collecting. */
  finish(): DayRead[] {
    if (!this.#hasBegun) this.#begin(this.#only ?? 0);
    const dataset = this.#dataset;
    return this.#days.flatMap((lines, number) => {
      if (!lines || lines.lines === 0) return [];
      const [startMs, endMs] = [this.#bounds[number] as number, this.#bounds[number + 1] as number];
      return [lines.finish({ dataset, startMs, endMs }, addDays(this.#range.first, number), this.#names)];
    });
  }

  /** Moves to the day of an instant. @returns false when it is outside the range: then nothing changes. */
  #enter(startsAtMs: number): boolean {
    const number = lastNotAbove(this.#bounds, startsAtMs);
    if (number < 0 || number >= this.#days.length) return false;
    if (!this.#hasBegun) this.#begin(number);
    this.#fromMs = this.#bounds[number] as number;
    this.#toMs = this.#bounds[number + 1] as number;
    this.#day = this.#isKept(number) ? this.#dayOf(number) : undefined;
    return true;
  }

  #dayOf(number: number): DayLines {
    const day = this.#days[number] ?? new DayLines();
    this.#days[number] = day;
    return day;
  }

  /** Moves to a day that is not kept. */
  #leave(): void {
    if (!this.#hasBegun) this.#begin(this.#only ?? 0);
    this.#day = undefined;
    this.#fromMs = Number.POSITIVE_INFINITY;
    this.#toMs = Number.NEGATIVE_INFINITY;
  }

  #isKept(number: number): boolean {
    return this.#only === null || this.#only === number;
  }

  /** Lines before the first one with a day belong to that day. */
  #begin(number: number): void {
    this.#hasBegun = true;
    if (this.#isKept(number)) this.#days[number] = this.#day;
  }

  #outside(line: Line, series: number, startsAtMs: number): void {
    if (!this.#warnsOutside) this.#leave();
    if (this.#day === undefined) return;
    const { first, last } = this.#range;
    const instant = new Date(startsAtMs).toISOString();
    this.#count('out_of_order', line);
    const reason = `a line of ${instant} stands among those of ${first} to ${last}`;
    this.#day.refuse(line, 'out_of_order', reason, this.#names[series] ?? null, null);
  }

  #count(rule: FileRule, line: Line): void {
    let of = this.#refusals.get(rule);
    if (!of) {
      of = { count: 0, samples: [] };
      this.#refusals.set(rule, of);
    }
    of.count++;
    if (of.samples.length < SAMPLES) of.samples.push(`line ${line.number}: ${line.text()}`);
  }
}

function boundsOf({ first, last }: DayRange, timeZone: string): Float64Array {
  const starts = eachDay(first, addDays(last, 1)).map((day) => dayInterval(day, timeZone).startMs);
  return Float64Array.from(starts);
}

/** Index of the last of ascending numbers that is not above a given one; -1 when all are. */
function lastNotAbove(numbers: Float64Array, number: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
