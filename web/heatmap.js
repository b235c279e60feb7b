/**
 * The calendar of the ledger: a year of days, weeks by weekdays. Wide screens have a column for each week, narrow ones a
 * row. One day is in the tab order; arrow keys go to the others.
 */
import { h } from './dom.js';
import { dayLink } from './parts.js';
import { daySummary, sign, stateOf } from './states.js';
import { addDays, weekdayOf } from './time.js';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * @param {string} dataset @param {number} year @param {Map<string, any>} days rows of the ledger by day.
 * @param {string} today of the dataset's zone.
 */
export function heatmap(dataset, year, days, today) {
  const first = `${year}-01-01`;
  const monday = addDays(first, -weekdayOf(first));
  const weeks = [];
  for (let start = monday; start <= `${year}-12-31`; start = addDays(start, 7)) weeks.push(start);
  const start = today.startsWith(`${year}-`) ? today : `${year}-12-31`;
  const cellOf = (/** @type {string} */ day, /** @type {number} */ week) => {
    const row = days.get(day);
    const cell = dayCell(dataset, day, row);
    cell.setAttribute('role', 'gridcell');
    cell.tabIndex = day === start ? 0 : -1;
    if (day === today) cell.setAttribute('aria-current', 'date');
    return place(cell, week, weekdayOf(day));
  };
  const rows = weeks.map((weekStart, week) => {
    const dates = WEEKDAYS.map((_, weekday) => addDays(weekStart, weekday)).filter((day) =>
      day.startsWith(`${year}-`),
    );
    return h(
      'div',
      { role: 'row' },
      dates.map((day) => cellOf(day, week)),
    );
  });
  const grid = h(
    'div',
    { class: 'heatmap', role: 'grid', 'aria-label': `Delivery days of ${year}` },
    labels(year, monday),
    rows,
  );
  grid.addEventListener('keydown', (event) => walk(grid, event));
  grid.addEventListener('focusin', ({ target }) => {
    for (const cell of grid.querySelectorAll('[tabindex="0"]')) cell.setAttribute('tabindex', '-1');
    /** @type {HTMLElement} */ (target).tabIndex = 0;
  });
  return grid;
}

/** A day as a square that opens its story. @param {string} dataset @param {string} day @param {any} row */
export function dayCell(dataset, day, row) {
  const summary = daySummary(day, row);
  const state = stateOf(row);
  const revised = row?.revision > 0 ? ' revised' : '';
  const attributes = { href: dayLink(dataset, day), class: 'cell', 'data-day': day, 'data-state': state };
  return h('a', { ...attributes, 'aria-label': summary, title: summary }, sign(state, revised));
}

/** @param {number} year @param {string} monday names of months and weekdays, for the eye only. */
function labels(year, monday) {
  const months = MONTHS.map((name, month) => {
    const first = `${year}-${String(month + 1).padStart(2, '0')}-01`;
    const week = Math.floor((Date.parse(first) - Date.parse(monday)) / (7 * 86_400_000));
    return place(h('span', { class: 'month' }, name), week, -1);
  });
  const weekdays = WEEKDAYS.map((name, weekday) => place(h('span', { class: 'weekday' }, name), -1, weekday));
  return h('div', { class: 'labels', 'aria-hidden': 'true' }, months, weekdays);
}

/** @param {HTMLElement} element @param {number} week @param {number} weekday */
function place(element, week, weekday) {
  element.style.setProperty('--week', String(week + 2));
  element.style.setProperty('--weekday', String(weekday + 2));
  return element;
}

/** @param {HTMLElement} grid @param {KeyboardEvent} event */
function walk(grid, event) {
  const cell = /** @type {HTMLElement} */ (event.target);
  const day = cell.dataset.day;
  if (!day || event.ctrlKey || event.altKey || event.metaKey) return;
  const isWide = getComputedStyle(grid).getPropertyValue('--wide').trim() === '1';
  const [along, across] = isWide ? [7, 1] : [1, 7];
  const year = day.slice(0, 4);
  const goals = {
    ArrowLeft: addDays(day, -along),
    ArrowRight: addDays(day, along),
    ArrowUp: addDays(day, -across),
    ArrowDown: addDays(day, across),
    Home: `${year}-01-01`,
    End: `${year}-12-31`,
    PageUp: addDays(day, -28),
    PageDown: addDays(day, 28),
  };
  const goal = goals[/** @type {keyof typeof goals} */ (event.key)];
  if (!goal) return;
  event.preventDefault();
  /** @type {HTMLElement | null} */ (grid.querySelector(`[data-day="${goal}"]`))?.focus();
}
