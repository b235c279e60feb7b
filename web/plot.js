/** Draws columns of observations with uPlot. Nulls and absent points are gaps; published nulls are marked on the ground line. */
import { h } from './dom.js';
import { number } from './numbers.js';
import { clock } from './time.js';

const MOST_STEPS = 3000;
/** Chosen to be told apart with any kind of colour sight; after these, lines are dashed as well. */
const COLOURS = ['#2b7bba', '#d9730d', '#009e73', '#c2417c', '#8a63d2', '#8c6d1f', '#4aa5c9', '#b5533c'];

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
 * @typedef {{ name: string, values: (number | null | undefined)[], of: number, dashed?: boolean, marks?: number[] }} Line
 * `of` chooses the colour; `marks` are the indices of points to ring.
 * @param {{ starts: number[], lines: Line[], unit: string, zone: string, stepMs: number, label: string }} what
 * @returns {Promise<HTMLElement>}
 */
export async function plot({ starts, lines, unit, zone, stepMs, label }) {
  const uPlot = await uPlotLibrary();
  const { xs, columns, marks, nulls } = withGaps(starts, lines, stepMs);
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': label });
  const readout = h(
    'p',
    { class: 'readout', 'aria-hidden': 'true' },
    'Point at the plot to read values; drag to zoom, double-click for all.',
  );
  const legend = h('ul', { class: 'lines', 'aria-label': 'Lines' });
  const figure = h('figure', { class: 'figure' }, place, readout, legend);
  const ink = getComputedStyle(document.documentElement);
  const axis = {
    stroke: ink.getPropertyValue('--ink-2'),
    grid: { stroke: ink.getPropertyValue('--line'), width: 1 },
    ticks: { stroke: ink.getPropertyValue('--line'), width: 1 },
  };
  const isStepped = xs.length <= MOST_STEPS;
  const series = lines.map((line, at) => ({
    ...styleOf(line),
    label: line.name,
    spanGaps: false,
    ...(isStepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    points: {
      show: () => marks[at].length > 0,
      filter: () => (marks[at].length > 0 ? marks[at] : null),
      size: 7,
      width: 2,
      fill: ink.getPropertyValue('--surface'),
    },
  }));
  const options = {
    ...{
      width: 600,
      height: 320,
      tzDate: (/** @type {number} */ s) => uPlot.tzDate(new Date(s * 1000), zone),
    },
    ...{ legend: { show: false }, cursor: { drag: { x: true, y: false } }, series: [{}, ...series] },
    axes: [
      { ...axis, values: AXIS_TIMES, space: 70 },
      {
        ...axis,
        size: 64,
        values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((value) => number(value)),
      },
    ],
    hooks: {
      setCursor: [(/** @type {any} */ u) => read(u, readout, zone, unit)],
      draw: [(/** @type {any} */ u) => drawNulls(u, lines, nulls)],
    },
  };
  const began = performance.now();
  const chart = new uPlot(options, [xs, ...columns], place);
  const resize = () =>
    chart.setSize({
      width: Math.max(240, place.clientWidth),
      height: Math.min(360, Math.max(220, innerHeight * 0.42)),
    });
  // After it stands in the page: before that it has no width.
  const watcher = new ResizeObserver(() => {
    if (place.isConnected) resize();
    if (!figure.dataset.drawnMs) figure.dataset.drawnMs = String(Math.round(performance.now() - began));
  });
  watcher.observe(place);
  legend.append(...lines.map((line, at) => h('li', {}, toggle(chart, at + 1, line))));
  return figure;
}

/** Times of the axis: 24 hours, and the date where a new one begins. */
const AXIS_TIMES = [
  [86_400 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [86_400 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** @param {Line} line */
function styleOf({ of, dashed }) {
  const dash = dashed ? [3, 4] : of >= COLOURS.length ? [10, 4] : undefined;
  return { stroke: COLOURS[of % COLOURS.length], width: dashed ? 1.5 : 1.75, ...(dash ? { dash } : {}) };
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

/**
 * An instant without any point has no row of its own; the line must not lead over it.
 * @param {number[]} starts @param {Line[]} lines @param {number} stepMs
 */
function withGaps(starts, lines, stepMs) {
  const sources = /** @type {number[]} */ ([]);
  const xs = /** @type {number[]} */ ([]);
  for (let at = 0; at < starts.length; at++) {
    if (at > 0 && starts[at] - starts[at - 1] > stepMs * 1.5) {
      sources.push(-1);
      xs.push((starts[at - 1] + stepMs) / 1000);
    }
    sources.push(at);
    xs.push(starts[at] / 1000);
  }
  // The last interval ends where the next would begin.
  if (starts.length > 0) {
    sources.push(-2);
    xs.push(starts[starts.length - 1] / 1000 + stepMs / 1000);
  }
  const value = (/** @type {Line} */ line, /** @type {number} */ at) =>
    at === -1 ? null : (line.values[at] ?? null);
  const columns = lines.map((line) => sources.map((at) => value(line, at === -2 ? starts.length - 1 : at)));
  const placeOf = new Map(sources.map((at, place) => [at, place]));
  const placed = (/** @type {number[]} */ indices) =>
    indices.map((at) => /** @type {number} */ (placeOf.get(at)));
  const marks = lines.map((line) => placed(line.marks ?? []));
  const nulls = lines.map(({ values, dashed }) =>
    dashed ? [] : placed(starts.map((_, at) => at).filter((at) => values[at] === null)),
  );
  return { xs: Float64Array.from(xs), columns, marks, nulls };
}

/** @param {any} u @param {HTMLElement} readout @param {string} zone @param {string} unit */
function read(u, readout, zone, unit) {
  const { idx } = u.cursor;
  if (idx === null || idx === undefined) return;
  const shown = u.series
    .map((/** @type {any} */ s, /** @type {number} */ at) => ({ s, at }))
    .slice(1)
    .filter((/** @type {any} */ { s }) => s.show);
  const values = shown
    .slice(0, 6)
    .map((/** @type {any} */ { s, at }) => `${s.label} ${number(u.data[at][idx])}`);
  const more = shown.length > 6 ? ` and ${shown.length - 6} more` : '';
  readout.textContent = `${clock(new Date(u.data[0][idx] * 1000).toISOString(), zone)}: ${values.join(', ')}${more} ${unit}`;
}

/** A small cross on the ground line for each published null. @param {any} u @param {Line[]} lines @param {number[][]} nulls */
function drawNulls(u, lines, nulls) {
  const { ctx, bbox } = u;
  const y = bbox.top + bbox.height - 7;
  ctx.save();
  ctx.lineWidth = 1.5;
  nulls.forEach((places, at) => {
    if (!u.series[at + 1].show) return;
    ctx.strokeStyle = styleOf(/** @type {Line} */ (lines[at])).stroke;
    ctx.beginPath();
    for (const place of places) cross(ctx, u.valToPos(u.data[0][place], 'x', true), y);
    ctx.stroke();
  });
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y */
function cross(ctx, x, y) {
  ctx.moveTo(x - 3, y - 3);
  ctx.lineTo(x + 3, y + 3);
  ctx.moveTo(x + 3, y - 3);
  ctx.lineTo(x - 3, y + 3);
}
