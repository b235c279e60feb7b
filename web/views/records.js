/** A dataset of records: its days or years, its fields, and what is known now. */
import { getJson } from '../api.js';
import { h, later, table } from '../dom.js';
import { enabling } from '../enabling.js';
import { heatmap } from '../heatmap.js';
import { counted } from '../numbers.js';
import { datasetPath, dayLink, part } from '../parts.js';
import { chip, legend, stateOf } from '../states.js';
import { dayIn, time } from '../time.js';
import { datasetHead, yearChooser } from './dataset-head.js';
import { foundFiles, readers } from './dataset-publication.js';

const SHOWN = 50;

/**
 * @param {any} entry as the catalogue has it.
 * @param {{ query: URLSearchParams, signal: AbortSignal, me: any, seek: (query: Record<string, unknown>) => void }} context
 * @returns {Promise<import('../router.js').View>}
 */
export async function recordsView(entry, { query, signal, me, seek }) {
  const { dataset: id, title, time_zone: zone, period } = entry;
  const today = dayIn(zone);
  const year = Number(query.get('year')) || Number(today.slice(0, 4));
  const { data: days } = await getJson(`${datasetPath(id)}/days`, daysOf(period, year, today), signal);
  const records = () => later(recordsOf(entry, {}, signal), (node) => node, 'Nothing is known yet.');
  return {
    title,
    content: [
      ...datasetHead(entry, `records, kept by ${period} · days and times of ${zone}`),
      enabling(entry, me),
      part([days, today], () =>
        section('calendar', 'Calendar', calendar(entry, { year, today, days, seek })),
      ),
      part(entry, () => section('records', 'Records', records())),
      section('fields', 'Fields', fields(entry)),
      foundFiles(entry.dataset, signal),
      ...readers(entry.dataset, me, signal),
    ],
    follows: id,
  };
}

/** What the calendar shows: a year of days, or the years around this one. @param {string} period @param {number} year @param {string} today */
function daysOf(period, year, today) {
  const thisYear = Number(today.slice(0, 4));
  if (period === 'year') return { from: `${thisYear - 5}-01-01`, to: `${thisYear + 4}-12-31` };
  return { from: `${year}-01-01`, to: `${year}-12-31` };
}

/** @param {string} id @param {string} title @param {Node} content */
function section(id, title, content) {
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), content);
}

/** @param {any} entry @param {{ year: number, today: string, days: any[], seek: (query: Record<string, unknown>) => void }} what */
function calendar({ dataset: id, period, first_day: first }, { year, today, days, seek }) {
  if (period === 'year') return years(id, days) ?? h('p', { class: 'empty' }, '');
  const thisYear = Number(today.slice(0, 4));
  const oldest = Math.min(thisYear, Number((first ?? today).slice(0, 4)));
  const grid = heatmap(id, year, new Map(days.map((day) => [day.day, day])), today);
  return h('div', {}, yearChooser(year, oldest, thisYear, seek), grid, legend());
}

/** @param {string} id @param {any[]} data */
function years(id, data) {
  const rows = data
    .filter(({ state }) => state)
    .map((each) => [
      h('a', { href: dayLink(id, each.day) }, each.day.slice(0, 4)),
      chip(stateOf(each)),
      `${counted(each.present_points, 'record')}, revised ${counted(each.revision, 'time')}`,
    ]);
  return rows.length > 0 ? table('Years', ['Year', 'State', 'What is there'], rows) : null;
}

/**
 * The first records of a range as a table; null where there is none.
 * @param {any} entry @param {Record<string, unknown>} range @param {AbortSignal} signal
 */
export async function recordsOf({ dataset, fields: named, time_zone: zone }, range, signal) {
  const { data, next } = await getJson('/v1/data', { dataset, ...range, limit: SHOWN }, signal);
  if (data.length === 0) return null;
  const shown = named.filter((/** @type {any} */ { name }) =>
    data.some((/** @type {any} */ row) => row[name] !== null),
  );
  const rows = data.map((/** @type {any} */ row) => [
    h('code', {}, row.key),
    time(row.starts_at, zone),
    `${row.version}`,
    ...shown.map((/** @type {any} */ field) => cellOf(row[field.name], field, zone)),
    time(row.known_at, zone),
  ]);
  const heads = ['Key', 'Starts', 'Version', ...shown.map((/** @type {any} */ { name }) => name), 'Known at'];
  return h(
    'div',
    {},
    table('Records as they are known now', heads, rows),
    next
      ? h(
          'p',
          { class: 'note' },
          `The first ${SHOWN} in order of time; `,
          h('code', {}, `/v1/data?dataset=${dataset}`),
          ' has all.',
        )
      : null,
  );
}

/** Instants on the clocks of the zone, like all others here. @param {any} value @param {any} field @param {string} zone */
function cellOf(value, { type }, zone) {
  if (value === null) return '';
  return type === 'instant' ? time(value, zone) : `${value}`;
}

/** @param {any} entry */
function fields({ fields: named }) {
  const rows = named.map((/** @type {any} */ { name, type, description, personal }) => [
    h('code', {}, name),
    type,
    personal ? `${description} (masked without the grant)` : description,
  ]);
  return table('Fields', ['Name', 'Type', 'What it says'], rows);
}
