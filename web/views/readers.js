/** Who reads a dataset: for operators and admins. */
import { getJson } from '../api.js';
import { h, later, table } from '../dom.js';
import { datasetPath } from '../links.js';
import { number } from '../numbers.js';
import { shortDay } from '../time.js';

const DAYS = 30;

/** @param {string} id @param {any} me who the caller is @param {AbortSignal} signal @returns {HTMLElement[]} none for readers. */
export function readers(id, me, signal) {
  if (!['operator', 'admin'].includes(me?.role)) return [];
  const answer = getJson(`${datasetPath(id)}/readers`, { days: DAYS }, signal);
  const none = `Nobody read it in the last ${DAYS} days.`;
  const show = (/** @type {any} */ { data }) => (data.length === 0 ? h('p', {}, none) : byReader(data));
  return [
    h(
      'section',
      { 'aria-labelledby': 'readers' },
      h('h2', { id: 'readers' }, `Who read it in the last ${DAYS} days`),
      later(answer, show, none),
    ),
  ];
}

/** @param {{ day: string, key_id: string | null, name: string, reads: number }[]} data newest first. */
function byReader(data) {
  const found = new Map();
  for (const { day, key_id: key, name, reads } of data) {
    const known = found.get(key) ?? { name, key, reads: 0, days: 0, last: day };
    found.set(key, { ...known, reads: known.reads + reads, days: known.days + 1 });
  }
  const rows = [...found.values()].sort((a, b) => b.reads - a.reads);
  return table(
    'Reads by key',
    ['Key', 'Reads', 'Days', 'Last'],
    rows.map(({ name, key, reads, days, last }) => [
      key === null ? 'without a key' : h('span', {}, name, ' ', h('code', {}, key)),
      number(reads),
      number(days),
      shortDay(last),
    ]),
  );
}
