/** Draws steps on a canvas: horizontal over each interval, vertical where two touch, nothing over gaps. */
import { placeAt, placesIn } from './steps.js';

/**
 * @typedef {import('./steps.js').Steps} Steps
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
