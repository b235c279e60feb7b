/** Draws lines of steps: uPlot gives axes, zoom and pointer, `steps.js` the lines. */
import { h } from './dom.js';
import { number } from './numbers.js';
import { extentOf, frameOf, nullPath, placeAt, ringPath, stepPath, valueAt } from './steps.js';
import { clock, clockSpan } from './time.js';

/** Distinguishable with any kind of colour vision; further lines are dashed as well. */
const COLOURS = ['#2b7bba', '#d9730d', '#009e73', '#c2417c', '#8a63d2', '#8c6d1f', '#4aa5c9', '#b5533c'];
/** Even: a line on whole pixels is sharp, and ends where its interval does. */
const WIDTH = 2;

/** @type {Promise<any> | undefined} */
let library;

/** The library is fetched when the first plot is drawn. @returns {Promise<any>} */
function uPlotLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/vendor/uPlot.iife.min.js';
    script.onload = () => resolve(/** @type {any} */ (globalThis).uPlot);
    script.onerror = () => reject(new Error('the plot library could not be loaded; reload the page'));
    document.head.append(script);
  });
  return library;
}

/**
 * @typedef {{ name: string, steps: import('./steps.js').Steps, of: number, dashed?: boolean, marks?: number[] }} Line
 * `of` chooses the colour; `marks` are the starts of intervals to ring.
 * @typedef {{ fromMs: number, toMs: number, lines: Line[], unit: string, zone: string, label: string }} Plotted
 * the axis spans all of `fromMs` to `toMs`, whatever is there.
 * @param {Plotted} what @returns {Promise<HTMLElement>}
 */
export async function plot(what) {
  const { lines, label } = what;
  const uPlot = await uPlotLibrary();
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': label });
  const readout = makeReadout(lines, what);
  const legend = h('ul', { class: 'lines', 'aria-label': 'Lines' });
  const figure = h('figure', { class: 'figure' }, place, readout.text, legend);
  const began = performance.now();
  const span = [what.fromMs / 1000, what.toMs / 1000];
  // The lines draw their own steps: uPlot only gets the span of the axis.
  const data = [span, ...lines.map(() => [null, null])];
  const chart = new uPlot(optionsOf(uPlot, what, readout), data, place);
  readout.attach(chart);
  const resize = () =>
    chart.setSize({
      width: Math.max(240, place.clientWidth),
      height: Math.min(360, Math.max(220, innerHeight * 0.42)),
    });
  // Once the plot is in the page: before that it has no width.
  const watcher = new ResizeObserver(() => {
    if (place.isConnected) resize();
    if (!figure.dataset.drawnMs) figure.dataset.drawnMs = String(Math.round(performance.now() - began));
  });
  watcher.observe(place);
  legend.append(...lines.map((line, at) => h('li', {}, toggle(chart, at + 1, line))));
  return figure;
}

/** @param {any} uPlot @param {Plotted} what @param {ReturnType<typeof makeReadout>} readout */
function optionsOf(uPlot, { lines, zone }, readout) {
  // The range of the values depends on it, and is computed before uPlot has updated its scales.
  let view = [0, 0];
  const x = {
    range: (/** @type {any} */ _, /** @type {number} */ from, /** @type {number} */ to) =>
      (view = [from, to]),
  };
  const y = { range: (/** @type {any} */ u) => rangeOf(uPlot, u, lines, view) };
  return {
    ...{ width: 600, height: 320, legend: { show: false } },
    tzDate: (/** @type {number} */ s) => uPlot.tzDate(new Date(s * 1000), zone),
    cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false } },
    scales: { x, y },
    series: [{}, ...lines.map(seriesOf)],
    axes: axes(),
    hooks: { setCursor: [readout.follow], draw: [(/** @type {any} */ u) => drawMarks(u, lines)] },
  };
}

/** @param {Line} line */
function seriesOf(line) {
  return {
    ...{ ...styleOf(line), label: line.name, points: { show: false } },
    paths: (/** @type {any} */ u) => ({ stroke: stepPath(line.steps, frameOf(u)), flags: 0 }),
  };
}

/** The range of the visible values, with a margin. @param {any} uPlot @param {any} u @param {Line[]} lines @param {number[]} view seconds. */
function rangeOf(uPlot, u, lines, [fromS, toS]) {
  const shown = lines.filter((_, at) => u.series[at + 1].show).map(({ steps }) => steps);
  const extent = extentOf(shown, fromS * 1000, toS * 1000);
  return extent ? uPlot.rangeNum(extent.low, extent.high, 0.1, true) : [0, 1];
}

function axes() {
  const ink = getComputedStyle(document.documentElement);
  const line = { stroke: ink.getPropertyValue('--line'), width: 1 };
  const axis = { stroke: ink.getPropertyValue('--ink-2'), grid: line, ticks: line };
  const values = (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((value) => number(value));
  return [
    { ...axis, values: AXIS_TIMES, space: 70 },
    { ...axis, values, size: 64 },
  ];
}

/** Times of the axis: 24 hours, and the date where a new one begins. */
const AXIS_TIMES = [
  [86_400 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [86_400 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** @param {Line} line */
function styleOf({ of, dashed }) {
  const dash = dashed ? [3, 4] : of >= COLOURS.length ? [10, 4] : undefined;
  return { stroke: COLOURS[of % COLOURS.length], width: WIDTH, ...(dash ? { dash } : {}) };
}

/** Rings, and crosses for published nulls; not on the dashed lines of a past state. @param {any} u @param {Line[]} lines */
function drawMarks(u, lines) {
  const { ctx, bbox } = u;
  const frame = frameOf(u);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.5;
  lines.forEach((line, at) => {
    if (!u.series[at + 1].show || line.dashed) return;
    ctx.strokeStyle = styleOf(line).stroke;
    ctx.stroke(nullPath(line.steps, frame));
    ctx.stroke(ringPath(line.steps, line.marks ?? [], frame));
  });
  ctx.restore();
}

/** @param {any} chart @param {number} at @param {Line} line */
function toggle(chart, at, line) {
  const { stroke } = styleOf(line);
  const swatch = h('span', { class: line.dashed ? 'swatch dashed' : 'swatch' });
  swatch.style.setProperty('--colour', String(stroke));
  const button = h(
    'button',
    { type: 'button', class: 'quiet small', 'aria-pressed': 'true' },
    swatch,
    line.name,
  );
  button.addEventListener('click', () => {
    const show = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(show));
    chart.setSeries(at, { show });
  });
  return button;
}

const MOST_READ = 6;
const HOW = 'Point at the plot to read values; drag to zoom, double-click for all.';

/** @param {Line[]} lines @param {{ unit: string, zone: string }} words */
function makeReadout(lines, { unit, zone }) {
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
