/** How a dataset is published: the usual hour, lateness, and how long values move afterwards. */

import { getJson } from '../api.js';
import { isDerived } from '../datasets.js';
import { h, later, problem, table } from '../dom.js';
import { counted, number, percent, size } from '../numbers.js';
import { datasetPath } from '../parts.js';
import { shortDay, time } from '../time.js';

/** @param {any} statistics @param {any} entry */
export function publication({ publication: seen, settling, revisions, payloads, from, to }, entry) {
  const { calendar } = entry;
  const days = `Days from ${shortDay(from)} to ${shortDay(to)}.`;
  if (!calendar) return withoutHour(isDerived(entry), revisions, payloads, days);
  const zone = calendar?.time_zone;
  const range = `Days from ${shortDay(from)} to ${shortDay(to)}; times of ${zone}.`;
  return h(
    'div',
    { class: 'columns' },
    h('div', {}, h('h3', {}, 'When'), whenFacts(seen, calendar), h('p', { class: 'note' }, range)),
    h(
      'div',
      {},
      h('h3', {}, 'How long it moves'),
      settlingTable(settling),
      revisionFacts(revisions, payloads),
    ),
  );
}

/**
 * What is uploaded or computed has no hour at which it is expected.
 * @param {boolean} isComputed @param {any} revisions @param {any} payloads @param {string} range
 */
function withoutHour(isComputed, revisions, payloads, range) {
  const how = isComputed ? 'It is computed when its inputs move' : 'It is uploaded as files';
  const text = `${how}: there is no hour at which a day is expected.`;
  return h('div', {}, h('p', {}, text), revisionFacts(revisions, payloads), h('p', { class: 'note' }, range));
}

/** @param {any} seen @param {any} calendar */
function whenFacts(seen, calendar) {
  const rows = [
    ['Expected', calendar.expected.text],
    ['Late after', calendar.deadline.text],
  ];
  if (seen.days === 0) {
    const why = 'No publication was watched in these days: they were loaded when they were there already.';
    return h('div', {}, facts(rows), h('p', { class: 'empty' }, why));
  }
  const middle =
    seen.first_quarter && seen.third_quarter
      ? `half of the days from ${seen.first_quarter.text} to ${seen.third_quarter.text}`
      : '';
  rows.push([
    'Usual hour',
    seen.median
      ? [h('b', {}, seen.median.text), middle ? h('div', { class: 'note' }, middle) : null]
      : 'not known',
  ]);
  rows.push([
    'Late',
    `${counted(seen.late_days, 'day')} of ${number(seen.days)} (${percent(seen.late_share)})`,
  ]);
  if (seen.late_minutes_median !== null)
    rows.push([
      'Lateness',
      `${number(seen.late_minutes_median)} min in the middle, ${number(seen.late_minutes_most)} min at most`,
    ]);
  rows.push(['Not published', counted(seen.unpublished_days, 'day')]);
  return facts(rows);
}

/** @param {any} settling */
function settlingTable(settling) {
  if (settling.days === 0) return h('p', { class: 'empty' }, 'No watched day is old enough to say.');
  const rows = settling.unchanged.map((/** @type {any} */ { after_hours: hours, share }) => [
    `${hours} h`,
    bar(share),
  ]);
  const caption = `Share of ${counted(settling.days, 'day')} that did not change any more after so many hours`;
  return table(caption, ['After', 'Unchanged'], rows, { className: 'narrow', visible: true });
}

/** @param {number | null} share */
function bar(share) {
  const fill = h('span', { class: 'fill' });
  fill.style.setProperty('--share', String(share ?? 0));
  return h('span', { class: 'bar' }, fill, h('span', {}, percent(share)));
}

/** @param {any} revisions @param {any} payloads */
function revisionFacts(revisions, payloads) {
  const rows = [
    [
      'Revised',
      `${counted(revisions.revised_days, 'day')} of ${number(revisions.days)} (${percent(revisions.revised_share)}), ${counted(revisions.revised_points, 'value')}`,
    ],
  ];
  if (payloads.bytes_median !== null)
    rows.push([
      'Answers',
      `${number(payloads.payloads)}, ${size(payloads.bytes_median)} in the middle (${size(payloads.bytes_least)} to ${size(payloads.bytes_most)})`,
    ]);
  return facts(rows);
}

/** @param {unknown[][]} rows names and what they are. */
export function facts(rows) {
  return h(
    'dl',
    { class: 'facts-list' },
    rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

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
