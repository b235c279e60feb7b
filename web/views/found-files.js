/** Files of a dataset that a schedule has found; empty for datasets without any. */
import { getJson } from '../api.js';
import { h, problem, table } from '../dom.js';
import { datasetPath } from '../links.js';
import { time } from '../time.js';

const SHOWN = 200;

/** @param {string} id @param {AbortSignal} signal @returns {HTMLElement} */
export function foundFiles(id, signal) {
  const place = h('div', {});
  getJson(`${datasetPath(id)}/files`, { limit: SHOWN }, signal)
    .then(({ data, next }) => {
      if (data.length > 0) place.replaceChildren(section(id, data, next !== null));
    })
    .catch((error) => {
      if (error?.name !== 'AbortError') place.replaceChildren(problem(error));
    });
  return place;
}

/** @param {string} id @param {any[]} data @param {boolean} isCut */
function section(id, data, isCut) {
  const rows = data.map(({ file, state, seen_at: seen, tried_at: tried, result, reason, link }) => [
    h('code', {}, file),
    state,
    time(seen, 'UTC'),
    tried === null ? '' : time(tried, 'UTC'),
    [
      reason ?? result ?? '',
      link === null ? '' : [' ', h('a', { href: link, rel: 'noreferrer' }, 'run')],
    ].flat(),
  ]);
  return h(
    'section',
    { 'aria-labelledby': 'files' },
    h('h2', { id: 'files' }, 'Files'),
    table('Files that a schedule has found', ['File', 'State', 'Seen at', 'Tried at', 'Result'], rows),
    isCut ? h('p', { class: 'note' }, `The first ${SHOWN}; the others: GET ${datasetPath(id)}/files`) : null,
  );
}
