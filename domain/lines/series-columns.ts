/** The points of one series on one day as they arrive: growing columns, no object per point. */

const FIRST_SIZE = 64;

export class SeriesColumns {
  count = 0;
  startsAtMs = new Float64Array(FIRST_SIZE);
  values = new Float64Array(FIRST_SIZE);
  /** Numbers of their lines. */
  lines = new Float64Array(FIRST_SIZE);
  /** How many points came after a later one, and the line of the first of them. */
  unordered = 0;
  unorderedLine = 0;
  /** Whether each point is later than the one before it. */
  isAscending = true;
  #lastMs = Number.NEGATIVE_INFINITY;

  push(startsAtMs: number, value: number, line: number): void {
    const at = this.count;
    if (at === this.startsAtMs.length) this.#grow();
    this.startsAtMs[at] = startsAtMs;
    this.values[at] = value;
    this.lines[at] = line;
    this.count = at + 1;
    if (startsAtMs <= this.#lastMs) this.#noteDisorder(startsAtMs, line);
    this.#lastMs = startsAtMs;
  }

  #noteDisorder(startsAtMs: number, line: number): void {
    this.isAscending = false;
    if (startsAtMs === this.#lastMs) return;
    if (this.unordered === 0) this.unorderedLine = line;
    this.unordered++;
  }

  #grow(): void {
    this.startsAtMs = twice(this.startsAtMs);
    this.values = twice(this.values);
    this.lines = twice(this.lines);
  }
}

function twice(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(column.length * 2);
  grown.set(column);
  return grown;
}
