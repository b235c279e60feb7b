/** Judges the points of one series on one day: grid, range, steps, gaps. One pass over the columns, whatever their number. */
import type { FiledPoints, Plausible } from '../dataset/points.ts';
import type { ArrangedSeries } from './arrange.ts';
import type { DayFindings } from './day-findings.ts';
import type { SeriesRead } from './day-read.ts';
import { Gaps } from './gaps.ts';
import { type Step, stepOf } from './step.ts';

/** The day that is judged. */
export interface DayFrame {
  readonly startMs: number;
  readonly endMs: number;
  readonly dataset: Pick<FiledPoints, 'plausible' | 'finestSeconds' | 'unit'>;
  readonly findings: DayFindings;
}

/** Limits are decimals: 50.2 - 50.1 is a little more than 0.1. */
const TOLERANCE = 1 + 1e-9;

export function judgeSeries(series: string, points: ArrangedSeries, day: DayFrame): SeriesRead {
  const step = stepOf(points.startsAtMs, day.startMs, day.dataset.finestSeconds * 1000);
  const judge = new SeriesJudge(series, points, day, step);
  judge.judge();
  return judge.read();
}

class SeriesJudge {
  readonly #series: string;
  readonly #points: ArrangedSeries;
  readonly #day: DayFrame;
  readonly #stepMs: number;
  readonly #gridMs: number;
  readonly #plausible: Plausible;
  readonly #gaps: Gaps;
  /** Places of points that a check quarantines, and of those that are written nowhere; both ascending. */
  readonly #held: number[] = [];
  readonly #dropped: number[] = [];

  constructor(series: string, points: ArrangedSeries, day: DayFrame, { stepMs, gridMs }: Step) {
    this.#series = series;
    this.#points = points;
    this.#day = day;
    this.#stepMs = stepMs;
    this.#gridMs = gridMs;
    this.#plausible = day.dataset.plausible;
    this.#gaps = new Gaps(stepMs);
  }

  judge(): void {
    const { startsAtMs, values, conflicts } = this.#points;
    const { startMs, endMs } = this.#day;
    const { range, step } = this.#plausible;
    const [min, max] = range;
    const furthest = step * TOLERANCE;
    let nextMs = this.#firstMs();
    let before = Number.NaN;
    for (let i = 0; i < startsAtMs.length; i++) {
      const at = startsAtMs[i] as number;
      const value = values[i] as number;
      if (at !== nextMs) {
        if ((at - startMs) % this.#gridMs !== 0) {
          this.#offGrid(i);
          continue;
        }
        this.#gaps.add(nextMs, at);
        before = Number.NaN;
      }
      nextMs = at + this.#stepMs;
      const isHeld = value < min || value > max;
      if (conflicts.size > 0 && conflicts.has(i)) this.#conflict(i);
      else if (isHeld) this.#outOfRange(i);
      else {
        if (Math.abs(value - before) > furthest) this.#step(i, before);
        before = value;
        continue;
      }
      before = Number.NaN;
    }
    this.#gaps.addLast(nextMs, endMs);
    this.#tellGaps();
  }

  /** Where the first interval of the day begins: later than the day where its length does not fit into an hour. */
  #firstMs(): number {
    const { startMs } = this.#day;
    const [first = startMs] = this.#points.startsAtMs;
    return this.#gridMs === this.#stepMs ? startMs : startMs + ((first - startMs) % this.#stepMs);
  }

  read(): SeriesRead {
    const { startsAtMs, values } = this.#points;
    const held = Float64Array.from(this.#held, (at) => startsAtMs[at] as number);
    const heldValues = Float64Array.from(this.#held, (at) => values[at] as number);
    const out = [...this.#held, ...this.#dropped].sort((a, b) => a - b);
    return {
      series: this.#series,
      stepMs: this.#stepMs,
      startsAtMs: without(startsAtMs, out),
      values: without(values, out),
      heldStartsAtMs: held,
      heldValues,
    };
  }

  /** Points that are written nowhere, by rule. */
  #tell(rule: Parameters<DayFindings['add']>[0], at: number, reason: () => string, raw?: string): void {
    const { startsAtMs, values, lines } = this.#points;
    this.#day.findings.add(rule, lines[at] as number, () => ({
      series: this.#series,
      startsAtMs: startsAtMs[at] as number,
      raw: raw ?? show(values[at] as number),
      reason: reason(),
    }));
  }

  #offGrid(at: number): void {
    this.#dropped.push(at);
    this.#tell('off_grid', at, () => {
      const instant = new Date(this.#points.startsAtMs[at] as number).toISOString();
      return `${this.#series} has a point at ${instant}, between its intervals of ${this.#gridMs / 1000} s`;
    });
  }

  #conflict(at: number): void {
    this.#dropped.push(at);
    const group = this.#points.conflicts.get(at) ?? [];
    // Sorted: the order of lines means nothing.
    const raw = group.map(show).sort().join(' and ');
    const reason = () => `${this.#series} came ${group.length} times with different values: ${raw}`;
    this.#tell('conflicting_duplicate', at, reason, raw);
  }

  #outOfRange(at: number): void {
    this.#held.push(at);
    const { dataset } = this.#day;
    const [min, max] = this.#plausible.range;
    const value = this.#points.values[at] as number;
    this.#tell(
      'range',
      at,
      () => `${this.#series} is ${value} ${dataset.unit}, outside ${min} to ${max} ${dataset.unit}`,
    );
  }

  #step(at: number, before: number): void {
    const value = this.#points.values[at] as number;
    this.#tell(
      'sudden_step',
      at,
      () => `${this.#series} went from ${before} to ${value} ${this.#day.dataset.unit}`,
    );
  }

  #tellGaps(): void {
    const missing = this.#gaps.points;
    if (missing === 0) return;
    const line = (this.#points.lines[0] ?? 0) as number;
    const reason = `${this.#series} lacks ${this.#gaps.describe()}`;
    this.#day.findings.add(
      'missing_intervals',
      line,
      () => ({ series: this.#series, place: null, reason }),
      missing,
    );
  }
}

/** As JSON writes it, which is how the other datasets tell a raw value. */
function show(value: number): string {
  return JSON.stringify(value);
}

/** The column itself where nothing is left out. */
function without(column: Float64Array, places: readonly number[]): Float64Array {
  if (places.length === 0) return column;
  const kept = new Float64Array(column.length - places.length);
  let to = 0;
  let from = 0;
  for (const place of [...places, column.length]) {
    kept.set(column.subarray(from, place), to);
    to += place - from;
    from = place + 1;
  }
  return kept;
}
