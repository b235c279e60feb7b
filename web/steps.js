/**
 * Series as steps: non-overlapping intervals [start, end) in order of time, with a value or a published null. An instant
 * outside of all intervals is absent. Plot, readout and table all use these.
 */

/**
 * @typedef {{ starts: number[], ends: (number | null)[], values: (number | null)[], days: { day: string, at: number }[], late: number[] }} Column
 * as published: starts in ms, ascending; `ends`: null where the length is not known; `days`: where each delivery day begins;
 * `late`: starts of points that became known after the first ones of their day.
 * @typedef {{ starts: number[], ends: number[], values: (number | null)[] }} Steps ms.
 */

/** No interval at all. @type {Steps} */
const NOTHING = { starts: [], ends: [], values: [] };

/** The shortest of several; none between fewer than two points. @param {number[]} starts @param {number} from @param {number} to */
function mostFrequentDistance(starts, from, to) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let at = from + 1; at < to; at++) {
    const distance = starts[at] - starts[at - 1];
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, one], [b, other]) => other - one || a - b);
  return most?.[0];
}

/**
 * Where the length of an interval is not known, it is the most frequent distance of the day's points.
 * @param {Column | undefined} column @param {number} finestMs of a single point. @returns {Steps}
 */
export function stepsOf(column, finestMs) {
  if (!column) return NOTHING;
  const { starts, values, days } = column;
  const ends = days.flatMap(({ at: from }, place) => {
    const to = days[place + 1]?.at ?? starts.length;
    const known = column.ends.slice(from, to);
    const step = known.includes(null) ? (mostFrequentDistance(starts, from, to) ?? finestMs) : 0;
    return known.map((end, n) =>
      Math.min(end ?? starts[from + n] + step, starts[from + n + 1] ?? Number.POSITIVE_INFINITY),
    );
  });
  return { starts, ends, values };
}

/** How many begin at an instant or before. @param {number[]} starts @param {number} ms */
function begunBy(starts, ms) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the interval that contains an instant; -1 if absent. @param {Steps} steps @param {number} ms */
export function placeAt({ starts, ends }, ms) {
  const at = begunBy(starts, ms) - 1;
  return at >= 0 && ms < ends[at] ? at : -1;
}

/** undefined: absent · null: published so. @param {Steps} steps @param {number} ms @returns {number | null | undefined} */
export function valueAt(steps, ms) {
  return steps.values[placeAt(steps, ms)];
}

/** Indexes of the intervals within a range, as [first, last + 1]. @param {Steps} steps @param {number} fromMs @param {number} toMs */
function placesIn({ starts, ends }, fromMs, toMs) {
  const before = begunBy(starts, fromMs);
  const first = before > 0 && ends[before - 1] > fromMs ? before - 1 : before;
  return [first, begunBy(starts, toMs)];
}

/** The least and greatest value in a range; null where there is none. @param {Steps[]} many @param {number} fromMs @param {number} toMs */
export function extentOf(many, fromMs, toMs) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const steps of many) {
    const [first, behind] = placesIn(steps, fromMs, toMs);
    for (let at = first; at < behind; at++) {
      const value = steps.values[at];
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low > high ? null : { low, high };
}

/** Starts of points that were known then and differ now. @param {Column | undefined} now @param {Column | undefined} past */
export function differences(now, past) {
  const found = /** @type {number[]} */ ([]);
  let at = 0;
  past?.starts.forEach((start, place) => {
    while (now && now.starts[at] < start) at++;
    const value = now?.starts[at] === start ? now.values[at] : undefined;
    if (value !== past.values[place]) found.push(start);
  });
  return found;
}

/**
 * @typedef {{ x: (ms: number) => number, y: (value: number) => number, fromMs: number, toMs: number, ground: number }} Frame
 * whole pixels of the canvas; `ground`: the line at which published nulls are marked.
 */

/** @param {any} u a uPlot. @returns {Frame} */
export function frameOf({ bbox, scales }) {
  const { left, top, width, height } = bbox;
  const { min: fromS, max: toS } = scales.x;
  const { min: low, max: high } = scales.y;
  return {
    x: (ms) => Math.round(left + ((ms / 1000 - fromS) / (toS - fromS)) * width),
    y: (value) => Math.round(top + ((high - value) / (high - low)) * height),
    ...{ fromMs: fromS * 1000, toMs: toS * 1000, ground: top + height - 7 },
  };
}

/** @param {Steps} steps @param {Frame} frame @returns {Path2D} */
export function stepPath(steps, { x, y, fromMs, toMs }) {
  const { starts, ends, values } = steps;
  const [first, behind] = placesIn(steps, fromMs, toMs);
  const pen = new Pen();
  for (let at = first; at < behind; at++) {
    const value = values[at];
    if (value === null) continue;
    const isJoined = at > first && ends[at - 1] === starts[at] && values[at - 1] !== null;
    const height = y(value);
    if (isJoined) pen.lineTo(x(starts[at]), height);
    else pen.moveTo(x(starts[at]), height);
    pen.lineTo(x(ends[at]), height);
  }
  return pen.end();
}

/** A pen that draws what lies in one column of pixels as one upright line, however many points it is. */
class Pen {
  path = new Path2D();
  x = Number.NaN;
  y = 0;
  low = 0;
  high = 0;
  /** Nothing of the current line is visible yet. */
  isBlank = false;

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#lift();
    this.path.moveTo(x, y);
    this.#stand(x, y);
    this.isBlank = true;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (x === this.x) {
      this.low = Math.min(this.low, y);
      this.high = Math.max(this.high, y);
      this.y = y;
      return;
    }
    this.#column();
    this.path.lineTo(x, this.y);
    this.path.lineTo(x, y);
    this.#stand(x, y);
    this.isBlank = false;
  }

  /** @returns {Path2D} */
  end() {
    this.#lift();
    return this.path;
  }

  /** @param {number} x @param {number} y */
  #stand(x, y) {
    this.x = x;
    this.y = y;
    this.low = y;
    this.high = y;
  }

  #column() {
    if (this.low === this.high) return;
    const [one, other] = this.y === this.low ? [this.high, this.low] : [this.low, this.high];
    for (const y of [one, other, this.y]) this.path.lineTo(this.x, y);
    this.isBlank = false;
  }

  #lift() {
    this.#column();
    // An interval narrower than a pixel is still there.
    if (this.isBlank) this.path.lineTo(this.x + 1, this.y);
    this.isBlank = false;
  }
}

/** A small cross on the ground line for each published null. @param {Steps} steps @param {Frame} frame @returns {Path2D} */
export function nullPath(steps, frame) {
  const path = new Path2D();
  const [first, behind] = placesIn(steps, frame.fromMs, frame.toMs);
  for (let at = first; at < behind; at++) {
    if (steps.values[at] !== null) continue;
    const x = middleOf(steps, at, frame);
    path.moveTo(x - 3, frame.ground - 3);
    path.lineTo(x + 3, frame.ground + 3);
    path.moveTo(x + 3, frame.ground - 3);
    path.lineTo(x - 3, frame.ground + 3);
  }
  return path;
}

/** An open ring around the middle of each marked interval. @param {Steps} steps @param {number[]} marks their starts. @param {Frame} frame */
export function ringPath(steps, marks, frame) {
  const path = new Path2D();
  for (const start of marks) {
    const at = placeAt(steps, start);
    if (at < 0 || steps.ends[at] <= frame.fromMs || start >= frame.toMs) continue;
    const value = steps.values[at];
    const x = middleOf(steps, at, frame);
    const y = value === null ? frame.ground : frame.y(value);
    path.moveTo(x + 4, y);
    path.arc(x, y, 4, 0, 2 * Math.PI);
  }
  return path;
}

/** @param {Steps} steps @param {number} at @param {Frame} frame */
function middleOf({ starts, ends }, at, { x }) {
  return (x(starts[at]) + x(ends[at])) / 2;
}
