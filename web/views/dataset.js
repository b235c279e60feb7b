/** A dataset: its calendar, publication, facts, and sample queries. */
import { getJson } from '../api.js';
import { datasetEntry, isOfRecords, isPulled } from '../datasets.js';
import { h, later } from '../dom.js';
import { enabling, isStored } from '../enabling.js';
import { heatmap } from '../heatmap.js';
import { datasetPath, dayLink, part } from '../parts.js';
import { legend, STATES, sign, stateOf, wordOf } from '../states.js';
import { dayIn, shortDay } from '../time.js';
import { catalogueParts } from './dataset-facts.js';
import { datasetHead, yearChooser } from './dataset-head.js';
import { foundFiles, publication, readers } from './dataset-publication.js';
import { recordsView } from './records.js';

const MOST_LISTED = 60;

/** @type {import('../router.js').MakeView} */
export async function datasetView({ parameters, query, signal, me, seek }) {
  const id = parameters.dataset ?? '';
  const entry = await datasetEntry(id, signal);
  const switched = enabling(entry, me);
  if (!isStored(entry)) {
    const facts = isOfRecords(entry) ? [] : catalogueParts(entry);
    return { title: entry.title, content: [...datasetHead(entry, 'dormant'), switched, ...facts] };
  }
  if (isOfRecords(entry)) return recordsView(entry, { query, signal, me, seek });
  const { title, time_zone: zone, first_day: first } = entry;
  const today = dayIn(zone);
  const thisYear = Number(today.slice(0, 4));
  const oldest = Math.min(thisYear, Number((first ?? today).slice(0, 4)));
  // Loaded data may have ended long ago, with nothing to show for this year.
  const newest = !isPulled(entry) ? Number((entry.last_day ?? today).slice(0, 4)) : thisYear;
  const requested = Number(query.get('year')) || newest;
  const year = Math.min(Math.max(requested, oldest), thisYear + 1);
  const range = { from: `${year}-01-01`, to: `${year}-12-31` };
  const { data: days } = await getJson(`${datasetPath(id)}/days`, range, signal);
  const chosen = query.get('state');
  return {
    title,
    content: [
      ...datasetHead(entry, `${entry.unit} · days and times of ${zone}`),
      switched,
      part([days, today], () =>
        h(
          'section',
          { 'aria-labelledby': 'calendar' },
          h(
            'div',
            { class: 'row' },
            h('h2', { id: 'calendar' }, 'Calendar'),
            yearChooser(year, oldest, thisYear, seek),
          ),
          calendar(id, year, days, today, chosen),
          legend(),
        ),
      ),
      part([entry.last_changed_at, entry.states, today], () =>
        h(
          'section',
          { 'aria-labelledby': 'publication' },
          h('h2', { id: 'publication' }, 'How it is published'),
          later(
            getJson(`${datasetPath(id)}/statistics`, {}, signal),
            (figures) => publication(figures, entry),
            '',
          ),
        ),
      ),
      ...catalogueParts(entry),
      foundFiles(id, signal),
      ...readers(id, me, signal),
    ],
    follows: id,
  };
}

/** @param {string} id @param {number} year @param {any[]} data @param {string} today @param {string | null} chosen */
function calendar(id, year, data, today, chosen) {
  const grid = heatmap(id, year, new Map(data.map((day) => [day.day, day])), today);
  const counts = new Map();
  for (const day of data) counts.set(stateOf(day), (counts.get(stateOf(day)) ?? 0) + 1);
  const parts = Object.keys(STATES)
    .filter((state) => state !== 'none' && counts.has(state))
    .map((state) => `${counts.get(state)} ${wordOf(state)}`);
  const keys = 'Arrow keys go from day to day, Enter opens a day.';
  return h(
    'div',
    {},
    grid,
    h('p', { class: 'note' }, `${year}: ${parts.join(', ') || 'no day was requested'}. ${keys}`),
    chosen ? listed(id, chosen, data) : null,
  );
}

/** @param {string} id @param {string} state @param {any[]} data the days in one state, as links. */
function listed(id, state, data) {
  const days = data.filter((day) => stateOf(day) === state);
  if (days.length === 0) return h('p', {}, `No day of this year is ${wordOf(state)}.`);
  const links = days
    .slice(-MOST_LISTED)
    .map(({ day }) => h('li', {}, h('a', { href: dayLink(id, day) }, shortDay(day))));
  const known = /** @type {import('../states.js').State} */ (state);
  return h(
    'div',
    { class: 'listed' },
    h('h3', {}, sign(known), ` ${days.length} ${wordOf(state)}`),
    h('ul', { class: 'inline' }, links),
  );
}
