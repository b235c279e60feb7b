/** Chooses series by searching: matches are listed as checkboxes, chosen series stay on top. */
import { getJson } from './api.js';
import { h, later } from './dom.js';
import { datasetPath } from './links.js';

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
