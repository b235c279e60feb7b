/** Gaps of a series on a day: how many points in how many gaps, and the first of them. */

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
