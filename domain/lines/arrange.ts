/** Puts the points of a series in order of time and keeps one of each instant. */

/** One point an instant, ascending. */
export interface ArrangedSeries {
  readonly startsAtMs: Float64Array;
  readonly values: Float64Array;
  readonly lines: Float64Array;
  /** Instants that came several times with equal values, and the line of the first repetition. */
  readonly repeated: number;
  readonly repeatedLine: number;
  /** Points repeated with different values, by position; it is unclear which one is right. */
  readonly conflicts: ReadonlyMap<number, readonly number[]>;
}

export function arrange(columns: SeriesColumns): ArrangedSeries {
  const { count } = columns;
  const startsAtMs = columns.startsAtMs.subarray(0, count);
  const values = columns.values.subarray(0, count);
  const lines = columns.lines.subarray(0, count);
  if (columns.isAscending)
    return { startsAtMs, values, lines, repeated: 0, repeatedLine: 0, conflicts: new Map() };
  return withoutRepetitions({ startsAtMs, values, lines }, inOrder(startsAtMs));
}

/** Positions of the points by time; those of the same instant in their original order. */
function inOrder(startsAtMs: Float64Array): Uint32Array {
  const order = Uint32Array.from(startsAtMs, (_, at) => at);
  return order.sort((a, b) => (startsAtMs[a] as number) - (startsAtMs[b] as number) || a - b);
}

type Columns = Pick<ArrangedSeries, 'startsAtMs' | 'values' | 'lines'>;

function withoutRepetitions(from: Columns, order: Uint32Array): ArrangedSeries {
  const conflicts = new Map<number, readonly number[]>();
  const kept: number[] = [];
  let repeated = 0;
  let repeatedLine = Number.POSITIVE_INFINITY;
  for (let at = 0; at < order.length; ) {
    const end = endOfInstant(from.startsAtMs, order, at);
    if (end - at > 1) {
      const group = [...order.subarray(at, end)].map((place) => from.values[place] as number);
      if (!group.every((value) => Object.is(value, group[0]))) conflicts.set(kept.length, group);
      else {
        repeated++;
        repeatedLine = Math.min(repeatedLine, from.lines[order[at + 1] as number] as number);
      }
    }
    kept.push(order[at] as number);
    at = end;
  }
  const pick = (column: Float64Array) => Float64Array.from(kept, (place) => column[place] as number);
  const [startsAtMs, values, lines] = [pick(from.startsAtMs), pick(from.values), pick(from.lines)];
  return { startsAtMs, values, lines, repeated, repeatedLine, conflicts };
}

function endOfInstant(startsAtMs: Float64Array, order: Uint32Array, from: number): number {
  const instant = startsAtMs[order[from] as number];
  let end = from + 1;
  while (end < order.length && startsAtMs[order[end] as number] === instant) end++;
  return end;
}

// The points of one series on one day as they arrive: growing columns, no object per point.

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
