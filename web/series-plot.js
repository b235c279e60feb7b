/** Series of a range as a plot and as the same numbers in a table; what was known then beside what is known now. */
import { apiUrl } from './api.js';
import { h } from './dom.js';
import { counted, number } from './numbers.js';
import { beside, differences, observations } from './observations.js';
import { plot } from './plot.js';
import { clock, time } from './time.js';

const ROWS_OF_A_PAGE = 100;
const MINUTE_MS = 60_000;
const LONGEST_STEP_MS = 60 * MINUTE_MS;

/**
 * @param {{ question: Record<string, any>, compare: { as_of?: string, gate?: string }, entry: any, signal?: AbortSignal }} what
 * `compare` empty: only the latest. @returns {Promise<HTMLElement | null>} null when nothing is there.
 */
export async function seriesPlot({ question, compare, entry, signal }) {
  const { unit, time_zone: zone } = entry;
  const isCompared = Boolean(compare.as_of || compare.gate);
  const [now, past] = await Promise.all([
    observations(question, signal),
    isCompared ? observations({ ...question, ...compare }, signal) : undefined,
  ]);
  if (now.points === 0 && !past?.points) return null;
  const both = past ? beside(now, past) : { starts: now.starts, now: now.columns, past: new Map() };
  const names = [...new Set([...both.now.keys(), ...both.past.keys()])].sort();
  const moved = new Map(
    names.map((name) => [name, past ? differences(both.now.get(name), both.past.get(name)) : []]),
  );
  const lines = names.flatMap((name, of) => linesOf(name, of, both, moved, isCompared));
  const label = `${counted(now.points, 'value')} of ${counted(names.length, 'series', 'series')} in ${unit}; the table below has the numbers`;
  const figure = await plot({ starts: both.starts, lines, unit, zone, stepMs: stepOf(entry), label });
  return h(
    'div',
    { class: 'series-plot', 'data-points': now.points },
    said(now, past, compare, lines, zone),
    figure,
    numbers(both, names, moved, isCompared, zone, unit),
    answers(question, compare),
  );
}

/** @param {string} name @param {number} of @param {any} both @param {Map<string, number[]>} moved @param {boolean} isCompared */
function linesOf(name, of, both, moved, isCompared) {
  const now = both.now.get(name);
  const marks = (isCompared ? moved.get(name) : now?.late) ?? [];
  const line = { name, values: now?.values ?? [], of, marks };
  if (!isCompared) return [line];
  return [{ name: `${name} then`, values: both.past.get(name)?.values ?? [], of, dashed: true }, line];
}

/** The longest interval that the dataset ever had. @param {any} entry */
function stepOf({ resolution_history: history = [], resolution_minutes: minutes, kind }) {
  // Series of files have each their own; what is further apart than the longest of an hour is a gap.
  if (kind === 'files') return LONGEST_STEP_MS;
  return Math.max(minutes, ...history.map((/** @type {any} */ each) => each.minutes)) * MINUTE_MS;
}

/** @param {any} now @param {any} past @param {any} compare @param {any[]} lines @param {string} zone */
function said(now, past, compare, lines, zone) {
  const ringed = lines.reduce((sum, { marks = [] }) => sum + marks.length, 0);
  const newest = ['Newest knowledge: ', time(now.asOf, zone, true), '. '];
  const late =
    ringed > 0 ? h('b', {}, `${number(ringed)} became known after the rest of their day, ringed.`) : '';
  if (!past) return h('p', { class: 'facts' }, counted(now.points, 'value'), '. ', late, ' ', newest);
  const when = compare.gate ? `at ${compare.gate} of each day` : ['at ', time(compare.as_of, zone, true)];
  const differ = differenceSaid(past.points, ringed);
  return h(
    'p',
    { class: 'facts' },
    ...[`${counted(now.points, 'value')} now; ${number(past.points)} known `, when, ', dashed. '],
    ...[h('b', {}, differ), ' ', newest],
  );
}

/** @param {number} known values then @param {number} ringed */
function differenceSaid(known, ringed) {
  if (known === 0) return 'Nothing was known then: knowledge begins later.';
  return ringed === 0
    ? 'None of them has changed since.'
    : `${counted(ringed, 'value')} changed since, ringed.`;
}

/**
 * The same numbers as a table, for who does not see the plot or wants to read one.
 * @param {any} both @param {string[]} names @param {Map<string, number[]>} moved @param {boolean} isCompared @param {string} zone @param {string} unit
 */
function numbers(both, names, moved, isCompared, zone, unit) {
  const total = both.starts.length;
  const place = h('div', {});
  const details = h(
    'details',
    {},
    h('summary', {}, `The numbers as a table (${counted(total, 'row')})`),
    place,
  );
  const changed = new Map([...moved].map(([name, indices]) => [name, new Set(indices)]));
  const shown = names.slice(0, 12);
  const show = (/** @type {number} */ from) => {
    const to = Math.min(total, from + ROWS_OF_A_PAGE);
    const rows = [];
    for (let at = from; at < to; at++) rows.push(rowOf(at));
    const step = (/** @type {number} */ start, /** @type {string} */ text) =>
      h(
        'button',
        {
          type: 'button',
          class: 'quiet small',
          disabled: start < 0 || start >= total,
          onclick: () => show(start),
        },
        text,
      );
    const caption = `Values in ${unit}, rows ${from + 1} to ${to} of ${total}${shown.length < names.length ? `, the first ${shown.length} of ${names.length} series` : ''}`;
    place.replaceChildren(
      grid(caption, ['Starts', ...shown], rows),
      h('p', { class: 'buttons' }, step(from - ROWS_OF_A_PAGE, 'Rows before'), step(to, 'Rows after')),
    );
  };
  const rowOf = (/** @type {number} */ at) => {
    const start = new Date(both.starts[at]).toISOString();
    const cells = shown.map((name) => {
      const value = both.now.get(name)?.values[at];
      const was = changed.get(name)?.has(at)
        ? h('span', { class: 'was' }, ` was ${number(both.past.get(name)?.values[at])}`)
        : null;
      return h('td', { class: was ? 'changed' : null }, number(value), isCompared ? was : null);
    });
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('time', { datetime: start, title: `${start} (UTC)` }, clock(start, zone))),
      cells,
    );
  };
  details.addEventListener('toggle', () => {
    if (place.childElementCount === 0) show(0);
  });
  return details;
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

/** The same question to the API. @param {Record<string, any>} question @param {any} compare */
function answers(question, compare) {
  const link = (/** @type {string} */ format) =>
    h('a', { href: apiUrl('/v1/data', { ...question, ...compare, format }) }, format.toUpperCase());
  const which = compare.as_of || compare.gate ? 'as known then' : 'the latest';
  return h(
    'p',
    { class: 'note' },
    `The same question to the API (${which}): `,
    link('json'),
    ' · ',
    link('csv'),
    ' · ',
    h('code', {}, apiUrl('/v1/data', { ...question, ...compare })),
  );
}
