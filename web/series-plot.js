/** Series of a range as a plot and as a table; optionally a past state next to the latest one. */
import { apiUrl, getJson } from './api.js';
import { h, later } from './dom.js';
import { counted, differenceText, number, pointsText } from './numbers.js';
import { numbersTable } from './numbers-table.js';
import { observations } from './observations.js';
import { datasetPath } from './parts.js';
import { plot } from './plot.js';
import { differences, stepsOf } from './steps.js';
import { boundsOf, time } from './time.js';

/**
 * @typedef {import('./steps.js').Steps} Steps
 * @typedef {{ name: string, now: Steps, past: Steps | null, marks: number[] }} Plotted
 * a series; `past`: null where nothing is compared; `marks`: starts of what changed since, else of what became known late.
 */

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
  const all = seriesOf(now, past, entry.resolution_seconds * 1000);
  const label = `${pointsText(now)} of ${counted(all.length, 'series', 'series')} in ${unit}; the table below has the numbers`;
  const bounds = boundsOf(/** @type {any} */ (question), zone);
  const figure = await plot({ ...bounds, lines: all.flatMap(linesOf), unit, zone, label });
  return h(
    'div',
    { class: 'series-plot', 'data-points': now.points },
    factsLine(now, past, compare, all, zone),
    figure,
    numbersTable(all, zone, unit),
    answers(question, compare),
  );
}

/** @param {any} now @param {any} past @param {number} finestMs @returns {Plotted[]} by name. */
function seriesOf(now, past, finestMs) {
  const names = [...new Set([...now.columns.keys(), ...(past?.columns.keys() ?? [])])].sort();
  return names.map((name) => {
    const [column, before] = [now.columns.get(name), past?.columns.get(name)];
    return {
      name,
      now: stepsOf(column, finestMs),
      past: past ? stepsOf(before, finestMs) : null,
      marks: past ? differences(column, before) : (column?.late ?? []),
    };
  });
}

/** @param {Plotted} series @param {number} of @returns {import('./plot.js').Line[]} */
function linesOf({ name, now, past, marks }, of) {
  const line = { name, steps: now, of, marks };
  return past ? [{ name: `${name} then`, steps: past, of, dashed: true }, line] : [line];
}

/** @param {any} now @param {any} past @param {any} compare @param {Plotted[]} all @param {string} zone */
function factsLine(now, past, compare, all, zone) {
  const ringed = all.reduce((sum, { marks }) => sum + marks.length, 0);
  const newest = ['Newest knowledge: ', time(now.asOf, zone, true), '. '];
  const late =
    ringed > 0 ? h('b', {}, `${number(ringed)} became known after the rest of their day, ringed.`) : '';
  if (!past) return h('p', { class: 'facts' }, pointsText(now), '. ', late, ' ', newest);
  const when = compare.gate ? `at ${compare.gate} of each day` : ['at ', time(compare.as_of, zone, true)];
  const differ = differenceText(now, past, ringed);
  return h(
    'p',
    { class: 'facts' },
    ...[`${pointsText(now)} now; ${pointsText(past)} known `, when, ', dashed. '],
    ...[h('b', {}, differ), ' ', gateText(past.gate, zone), newest],
  );
}

/** On how many days of the range a comparison with a gate rests. @param {import('./observations.js').Gate | null} gate @param {string} zone */
function gateText(gate, zone) {
  if (!gate) return '';
  const { asked, known, provisional, since } = gate;
  const ahead =
    provisional > 0 ? `${counted(provisional, 'day is', 'days are')} provisional: the gate lies ahead. ` : '';
  return [
    h(
      'b',
      {},
      `${number(known)} of ${counted(asked, 'day')} ${asked === 1 ? 'was' : 'were'} recorded by the gate. `,
    ),
    ahead,
    since && known < asked ? ['Recorded since ', time(since, zone), '. '] : '',
  ];
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

const FOUND = 60;

/**
 * @param {string} dataset @param {string[]} chosen @param {(series: string[]) => void} changed what is chosen then; the picker
 * stays as it is, with what was searched for and the box that has the focus.
 */
export function seriesPicker(dataset, chosen, changed) {
  const found = h('div', { class: 'found' });
  const own = new Set(chosen);
  const input = h('input', {
    type: 'search',
    id: 'series-search',
    placeholder: 'DE FR',
    autocomplete: 'off',
    oninput: () => search(),
  });
  const find = () => {
    const words = /** @type {HTMLInputElement} */ (input).value.trim();
    const answer = getJson(`${datasetPath(dataset)}/series`, { search: words, limit: FOUND });
    found.replaceChildren(
      later(answer, ({ data, next }) => boxes(data, next), 'No series has these words in its name.'),
    );
  };
  const legendText = () => `Series${own.size > 0 ? ` (${own.size} chosen)` : ''}`;
  let waiting = 0;
  const search = () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 150);
  };
  const boxes = (/** @type {any[]} */ data, /** @type {string | null} */ next) => {
    if (data.length === 0) return null;
    const names = data.map(({ series }) => series);
    const others = names.filter((/** @type {string} */ series) => !own.has(series));
    const more = next
      ? h('p', { class: 'note' }, `The first ${FOUND}; write more of the name to find others.`)
      : null;
    return h(
      'fieldset',
      {},
      h('legend', {}, legendText()),
      h('div', { class: 'ticks' }, [...[...own].sort(), ...others].map(box)),
      more,
    );
  };
  const box = (/** @type {string} */ series) => {
    const tick = h('input', { type: 'checkbox', checked: own.has(series), value: series });
    tick.addEventListener('change', () => {
      if (/** @type {HTMLInputElement} */ (tick).checked) own.add(series);
      else own.delete(series);
      const legend = found.querySelector('legend');
      if (legend) legend.textContent = legendText();
      changed([...own]);
    });
    return h('label', { class: 'tick' }, tick, series);
  };
  find();
  return h('div', { class: 'picker' }, h('label', { for: 'series-search' }, 'Find series'), input, found);
}
