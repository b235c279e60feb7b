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
export const NOTHING = { starts: [], ends: [], values: [] };

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
export function placesIn({ starts, ends }, fromMs, toMs) {
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
