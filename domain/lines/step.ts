/**
 * The length of a series' intervals on a day, found out from its points: the most frequent distance of neighbours, the
 * shortest of several. A single point has the shortest step of the dataset.
 *
 * Beside it the grid that points have to lie on, counted from the start of the day. It divides an hour, so of a distance that does not the
 * largest part that does is taken: 2 hours lie on hours, 7 seconds on seconds. Where most points lie beside that grid, it is made
 * fine enough to hold the first of them: half-hours that begin at a quarter past lie on quarters.
 */

const HOUR_MS = 3_600_000;

export interface Step {
  readonly stepMs: number;
  readonly gridMs: number;
}

/**
 * @param startsAtMs ascending, each once
 * @param startMs the start of the day, from which the grid is counted
 * @param finestMs no step is shorter; points off this grid are ignored
 */
export function stepOf(startsAtMs: Float64Array, startMs: number, finestMs: number): Step {
  const stepMs = mostFrequent(distances(startsAtMs, startMs, finestMs)) ?? finestMs;
  const gridMs = commonDivisor(stepMs, HOUR_MS);
  const { count, first } = besideGrid(startsAtMs, startMs, gridMs, finestMs);
  return { stepMs, gridMs: count > startsAtMs.length / 2 ? commonDivisor(gridMs, first) : gridMs };
}

/** Fewer points may be corrections, or what an outage has left: they show no step. */
const ESTABLISHED = 4;

/** The distance of most neighbours, milliseconds; undefined for a few points, and where no distance is that of more than half. */
export function establishedStep(startsAtMs: Float64Array): number | undefined {
  if (startsAtMs.length < ESTABLISHED) return undefined;
  const counts = distances(startsAtMs, 0, 1);
  const step = mostFrequent(counts);
  return step !== undefined && 2 * (counts.get(step) ?? 0) >= startsAtMs.length ? step : undefined;
}

function distances(startsAtMs: Float64Array, startMs: number, finestMs: number): Map<number, number> {
  const counts = new Map<number, number>();
  let before = Number.NaN;
  let distance = Number.NaN;
  let run = 0;
  for (let i = 0; i < startsAtMs.length; i++) {
    const at = startsAtMs[i] as number;
    if (at - before === distance) run++;
    else if ((at - startMs) % finestMs !== 0) continue;
    else {
      if (run > 0) counts.set(distance, (counts.get(distance) ?? 0) + run);
      distance = at - before;
      run = Number.isNaN(distance) ? 0 : 1;
    }
    before = at;
  }
  if (run > 0) counts.set(distance, (counts.get(distance) ?? 0) + run);
  return counts;
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  for (const [distance, count] of counts) {
    const most = best === undefined ? 0 : (counts.get(best) ?? 0);
    if (count > most || (count === most && distance < (best ?? 0))) best = distance;
  }
  return best;
}

/** How many points of the finest grid are off this one, and by how much the first of them is. */
function besideGrid(startsAtMs: Float64Array, startMs: number, gridMs: number, finestMs: number) {
  let count = 0;
  let first = 0;
  let next = startMs;
  for (let i = 0; i < startsAtMs.length; i++) {
    const at = startsAtMs[i] as number;
    const isOnGrid = at === next || (at - startMs) % gridMs === 0;
    if (isOnGrid) next = at + gridMs;
    else if ((at - startMs) % finestMs === 0 && count++ === 0) first = (at - startMs) % gridMs;
  }
  return { count, first };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

// Gaps of a series on a day: how many points in how many gaps, and the first of them.

const MOST_SHOWN = 5;

export class Gaps {
  points = 0;
  #count = 0;
  readonly #first: string[] = [];
  readonly #stepMs: number;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** No data from an instant to the next point. Less than an interval is no gap. */
  add(fromMs: number, toMs: number): void {
    this.#add(fromMs, toMs, Math.floor((toMs - fromMs) / this.#stepMs));
  }

  /** No data until the end of the day, which may cut the last interval. */
  addLast(fromMs: number, toMs: number): void {
    this.#add(fromMs, toMs, Math.ceil((toMs - fromMs) / this.#stepMs));
  }

  #add(fromMs: number, toMs: number, points: number): void {
    if (points <= 0) return;
    this.points += points;
    this.#count++;
    if (this.#first.length < MOST_SHOWN) this.#first.push(`${instant(fromMs)} to ${instant(toMs)}`);
  }

  /** `300 points of 1 s in 2 gaps: 2024-01-03T00:00:00Z to 2024-01-03T00:04:00Z, …`. */
  describe(): string {
    const rest = this.#count - this.#first.length;
    const gaps = this.#count === 1 ? '1 gap' : `${this.#count} gaps`;
    const list = this.#first.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    return `${this.points} points of ${this.#stepMs / 1000} s in ${gaps}: ${list}`;
  }
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
