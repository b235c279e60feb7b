/** The numbers of a plot as a table, for people who cannot see the plot or want exact values. */
import { h } from './dom.js';
import { counted, number } from './numbers.js';
import { placeAt } from './steps.js';
import { clock } from './time.js';

const ROWS_OF_A_PAGE = 100;
const MOST_SERIES = 12;
const MINUTE_MS = 60_000;

/** @typedef {import('./series-plot.js').Plotted} Plotted */

/** @param {Plotted[]} all @param {string} zone @param {string} unit */
export function numbersTable(all, zone, unit) {
  const starts = startsOf(all);
  const place = h('div', {});
  const summary = h('summary', {}, `The numbers as a table (${counted(starts.length, 'row')})`);
  const details = h('details', {}, summary, place);
  const show = (/** @type {number} */ from) =>
    place.replaceChildren(...page(all, starts, from, { zone, unit, show }));
  details.addEventListener('toggle', () => {
    if (place.childElementCount === 0) show(0);
  });
  return details;
}

/** Every instant at which an interval begins, ascending. @param {Plotted[]} all @returns {number[]} */
function startsOf(all) {
  const many = all.flatMap(({ now, past }) => [now.starts, past?.starts ?? []]);
  const [first = [], ...others] = many.sort((a, b) => b.length - a.length);
  const known = new Set(first);
  for (const starts of others) for (const start of starts) known.add(start);
  return known.size === first.length ? first : [...known].sort((a, b) => a - b);
}

/** @param {Plotted[]} all @param {number[]} starts @param {number} from @param {{ zone: string, unit: string, show: (from: number) => void }} options */
function page(all, starts, from, { zone, unit, show }) {
  const total = starts.length;
  const to = Math.min(total, from + ROWS_OF_A_PAGE);
  const shown = all.slice(0, MOST_SERIES);
  const rest = shown.length < all.length ? `, the first ${shown.length} of ${all.length} series` : '';
  const caption = `Values in ${unit}, rows ${from + 1} to ${to} of ${total}${rest}; times of ${zone}`;
  const own = starts.slice(from, to);
  const seconds = own.some((start) => start % MINUTE_MS !== 0);
  const rows = own.map((start) => rowOf(shown, start, zone, seconds));
  const step = (/** @type {number} */ start, /** @type {string} */ text) => {
    const disabled = start < 0 || start >= total;
    const onclick = () => show(start);
    return h('button', { type: 'button', class: 'quiet small', disabled, onclick }, text);
  };
  const heads = ['Starts', ...shown.map(({ name }) => name)];
  return [
    grid(caption, heads, rows),
    h('p', { class: 'buttons' }, step(from - ROWS_OF_A_PAGE, 'Rows before'), step(to, 'Rows after')),
  ];
}

/** @param {Plotted[]} shown @param {number} start @param {string} zone @param {boolean} seconds */
function rowOf(shown, start, zone, seconds) {
  const iso = new Date(start).toISOString();
  const when = h('time', { datetime: iso, title: `${iso} (UTC)` }, clock(iso, zone, seconds));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, when),
    shown.map((series) => cell(series, start)),
  );
}

/** @param {Plotted} series @param {number} start */
function cell({ now, past, marks }, start) {
  const value = number(startingAt(now, start));
  if (!past || !marks.includes(start)) return h('td', {}, value);
  return h(
    'td',
    { class: 'changed' },
    value,
    h('span', { class: 'was' }, ` was ${number(startingAt(past, start))}`),
  );
}

/** @param {import('./steps.js').Steps} steps @param {number} start */
function startingAt(steps, start) {
  const at = placeAt(steps, start);
  return steps.starts[at] === start ? steps.values[at] : undefined;
}

/** @param {string} caption @param {string[]} heads @param {HTMLElement[]} rows */
function grid(caption, heads, rows) {
  const head = h(
    'thead',
    {},
    h(
      'tr',
      {},
      heads.map((each) => h('th', { scope: 'col' }, each)),
    ),
  );
  return h(
    'div',
    { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { class: 'numbers' }, h('caption', {}, caption), head, h('tbody', {}, rows)),
  );
}
