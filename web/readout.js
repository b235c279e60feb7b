/** Reads the interval under the pointer: a band behind the lines shows which, a sentence says what it holds. */
import { h } from './dom.js';
import { number } from './numbers.js';
import { placeAt, valueAt } from './steps.js';
import { clock, clockSpan } from './time.js';

const MOST_READ = 6;
const HOW = 'Point at the plot to read values; drag to zoom, double-click for all.';

/** @typedef {import('./plot.js').Line} Line */

/** @param {Line[]} lines @param {{ unit: string, zone: string }} words */
export function makeReadout(lines, { unit, zone }) {
  const band = h('div', { class: 'band', hidden: true });
  const text = h('p', { class: 'readout', 'aria-hidden': 'true' }, HOW);
  return { text, attach, follow };

  /** Below the canvas: what is drawn stays whole. @param {any} u */
  function attach(u) {
    u.under.append(band);
  }

  /** @param {any} u */
  function follow(u) {
    const { left } = u.cursor;
    const isOff = left === null || left === undefined || left < 0;
    const ms = isOff ? Number.NaN : u.posToVal(left, 'x') * 1000;
    const shown = lines.filter((_, at) => u.series[at + 1].show);
    const interval = intervalAt(shown, ms);
    band.hidden = !interval;
    if (interval) {
      const [from, to] = [interval.fromMs, interval.toMs].map((at) => u.valToPos(at / 1000, 'x'));
      band.style.setProperty('left', `${from}px`);
      band.style.setProperty('width', `${to - from}px`);
    }
    text.textContent = isOff ? HOW : summary(shown, ms, interval);
  }

  /** @param {Line[]} shown @param {number} ms @param {{ fromMs: number, toMs: number } | undefined} interval */
  function summary(shown, ms, interval) {
    const when = interval
      ? clockSpan(interval.fromMs, interval.toMs, zone)
      : clock(new Date(ms).toISOString(), zone, true);
    const values = shown
      .slice(0, MOST_READ)
      .map(({ name, steps }) => `${name} ${inUnit(valueAt(steps, ms), unit)}`);
    const more = shown.length > MOST_READ ? ` and ${shown.length - MOST_READ} more` : '';
    return `${when}: ${values.join(', ')}${more}`;
  }
}

/** @param {number | null | undefined} value @param {string} unit */
function inUnit(value, unit) {
  return typeof value === 'number' ? `${number(value)} ${unit}` : number(value);
}

/** The shortest of those that hold the instant. @param {Line[]} lines @param {number} ms */
function intervalAt(lines, ms) {
  const found = lines.flatMap(({ steps }) => {
    const at = placeAt(steps, ms);
    return at < 0 ? [] : [{ fromMs: steps.starts[at], toMs: steps.ends[at] }];
  });
  return found.sort((a, b) => a.toMs - a.fromMs - (b.toMs - b.fromMs))[0];
}
