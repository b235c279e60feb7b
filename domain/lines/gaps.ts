/** Gaps of a series on a day: how many points in how many, and the first of them. */

const TOLD = 5;

export class Gaps {
  points = 0;
  #count = 0;
  readonly #first: string[] = [];
  readonly #stepMs: number;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** Nothing from one instant up to another. */
  add(fromMs: number, toMs: number): void {
    if (toMs <= fromMs) return;
    // The last interval of a day may be cut by a clock change of half an hour.
    const points = Math.ceil((toMs - fromMs) / this.#stepMs);
    this.points += points;
    this.#count++;
    if (this.#first.length < TOLD) this.#first.push(`${instant(fromMs)} to ${instant(toMs)}`);
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
