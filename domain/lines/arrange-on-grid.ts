/** Puts the points of one series on the grid of its day; points off the grid, contradictions and gaps are reported. */
import type { FiledPoints } from '../dataset/points.ts';
import type { SeriesPoints } from '../interpret/checks.ts';
import type { ArrangedSeries } from './arrange.ts';
import type { DayFindings } from './day-findings.ts';
import { establishedStep, Gaps, type Step, stepOf } from './step.ts';

/** The day being arranged. */
export interface DayFrame {
  readonly startMs: number;
  readonly endMs: number;
  /** Length of its intervals; null where each series has its own. */
  readonly gridMs: number | null;
  readonly dataset: FiledPoints;
  readonly findings: DayFindings;
}

/** Points of a series on its grid, each with the number of its line. */
export interface GridPoints extends SeriesPoints {
  readonly lines: Float64Array;
  /** As in `SeriesRead`. */
  readonly establishedMs: number | undefined;
  /** How many points were left out. */
  readonly dropped: number;
}

/**
 * The grid is that of the definition, or for a series with its own intervals the detected one; gaps are reported only in the second case:
 * otherwise checks know the intervals of the day.
 */
export function arrangeOnGrid(series: string, points: ArrangedSeries, day: DayFrame): GridPoints {
  const { gridMs } = day;
  const step = gridMs === null ? ownStep(points, day) : { stepMs: gridMs, gridMs };
  const arranging = new SeriesOnGrid(series, points, day, step);
  const dropped = arranging.arrange();
  if (gridMs === null) arranging.tellGaps();
  const { startsAtMs, values, lines } = points;
  return {
    ...{ stepMs: step.stepMs, establishedMs: establishedStep(startsAtMs), dropped: dropped.length },
    ...{ startsAtMs: without(startsAtMs, dropped) },
    ...{ values: without(values, dropped), lines: without(lines, dropped) },
  };
}

function ownStep({ startsAtMs }: ArrangedSeries, { startMs, dataset }: DayFrame): Step {
  const finestMs = dataset.finestSeconds * 1000;
  if (dataset.files.oneStep) return { stepMs: finestMs, gridMs: finestMs };
  return stepOf(startsAtMs, startMs, finestMs);
}

class SeriesOnGrid {
  readonly #series: string;
  readonly #points: ArrangedSeries;
  readonly #day: DayFrame;
  readonly #stepMs: number;
  readonly #gridMs: number;
  readonly #gaps: Gaps;

  constructor(series: string, points: ArrangedSeries, day: DayFrame, { stepMs, gridMs }: Step) {
    this.#series = series;
    this.#points = points;
    this.#day = day;
    this.#stepMs = stepMs;
    this.#gridMs = gridMs;
    this.#gaps = new Gaps(stepMs);
  }

  /** @returns the positions of points that are left out, ascending. */
  arrange(): number[] {
    const { startsAtMs, conflicts } = this.#points;
    const { startMs, endMs } = this.#day;
    const dropped: number[] = [];
    let nextMs = this.#firstMs();
    for (let i = 0; i < startsAtMs.length; i++) {
      const at = startsAtMs[i] as number;
      if (at !== nextMs) {
        if ((at - startMs) % this.#gridMs !== 0) {
          dropped.push(i);
          this.#offGrid(i);
          continue;
        }
        this.#gaps.add(nextMs, at);
      }
      nextMs = at + this.#stepMs;
      if (conflicts.size === 0 || !conflicts.has(i)) continue;
      dropped.push(i);
      this.#conflict(i);
    }
    this.#gaps.addLast(nextMs, endMs);
    return dropped;
  }

  tellGaps(): void {
    const missing = this.#gaps.points;
    if (missing === 0) return;
    const line = (this.#points.lines[0] ?? 0) as number;
    const reason = `${this.#series} lacks ${this.#gaps.describe()}`;
    const about = () => ({ series: this.#series, place: null, reason });
    this.#day.findings.add('missing_intervals', line, about, missing);
  }

  /** Start of the first interval of the day: later than the day where its length does not divide an hour. */
  #firstMs(): number {
    const { startMs } = this.#day;
    const [first = startMs] = this.#points.startsAtMs;
    return this.#gridMs === this.#stepMs ? startMs : startMs + ((first - startMs) % this.#stepMs);
  }

  #offGrid(at: number): void {
    this.#tell('off_grid', at, show(this.#points.values[at] as number), () => {
      const instant = new Date(this.#points.startsAtMs[at] as number).toISOString();
      return `${this.#series} has a point at ${instant}, between its intervals of ${this.#gridMs / 1000} s`;
    });
  }

  #conflict(at: number): void {
    const group = this.#points.conflicts.get(at) ?? [];
    // Sorted: the order of lines has no meaning.
    const raw = group.map(show).sort().join(' and ');
    const reason = () => `${this.#series} came ${group.length} times with different values: ${raw}`;
    this.#tell('conflicting_duplicate', at, raw, reason);
  }

  #tell(rule: 'off_grid' | 'conflicting_duplicate', at: number, raw: string, reason: () => string): void {
    const { startsAtMs, lines } = this.#points;
    const about = () => ({
      ...{ series: this.#series, startsAtMs: startsAtMs[at] as number, raw },
      reason: reason(),
    });
    this.#day.findings.add(rule, lines[at] as number, about);
  }
}

/** As JSON writes it, like the raw values of other datasets. */
export function show(value: number): string {
  return JSON.stringify(value);
}

/** The column itself where nothing is left out. @param places ascending */
export function without(column: Float64Array, places: readonly number[]): Float64Array {
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
