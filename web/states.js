/** The states of a delivery day as the page shows them: a word, a sign that needs no colour, and a sentence. */
import { h, icon } from './dom.js';
import { counted, number } from './numbers.js';
import { longDay } from './time.js';

/** In the order of the legend. `sign` is drawn in a box of 12 by 12; colours stand in parts.css by state. */
export const STATES = {
  complete: { meaning: 'all expected points are here', sign: 'M2.5 6.5l2.4 2.4 4.6-5.4' },
  in_progress: {
    meaning:
      'not over, within the usual lag of its source, or files cover only a part of it: the rest may still come',
    sign: 'M2.5 6h5M6 3.5l2.5 2.5L6 8.5',
  },
  partial: {
    meaning: 'published, but expected points are missing',
    sign: 'M6.8 1.8a4.2 4.2 0 0 0 0 8.4z',
  },
  quarantined: { meaning: 'a response was rejected, or points are quarantined', sign: 'M6 2v5M6 9v1' },
  failed: { meaning: 'the last attempt ended in an error', sign: 'M3 3l6 6M9 3l-6 6' },
  late: {
    meaning: 'the deadline has passed, nothing is published',
    sign: 'M6 1.8a4.2 4.2 0 1 0 .01 0M6 3.6V6l1.8 1.4',
  },
  awaiting: {
    meaning: 'requested; nothing yet, the deadline has not passed',
    sign: 'M2.5 6h.1M6 6h.1M9.5 6h.1',
  },
  scheduled: { meaning: 'not due yet', sign: 'M6 4a2 2 0 1 0 .01 0' },
  absent: { meaning: 'will never exist; declared by a person', sign: 'M3 6h6' },
  none: { meaning: 'no row: never requested', sign: '' },
};

/** @typedef {keyof typeof STATES} State */
/** @typedef {any} Day a row of the ledger as `GET /v1/datasets/{dataset}/days` answers it. */

/** States that need attention, worst first. */
export const TROUBLED = /** @type {State[]} */ (['failed', 'quarantined', 'late', 'partial']);

/** @param {Day | undefined} day @returns {State} */
export function stateOf(day) {
  return day?.state && day.state in STATES ? day.state : 'none';
}

/** @param {State} state @param {string} [className] */
export function sign(state, className = '') {
  return h('span', { class: `sign ${className}`, 'data-state': state }, icon(STATES[state].sign));
}

/** @param {string} state as people read it. */
export function wordOf(state) {
  return state === 'none' ? 'no row' : state.replace('_', ' ');
}

/** @param {State} state sign and word. */
export function chip(state) {
  return h('span', { class: 'chip' }, sign(state), wordOf(state));
}

/** @param {Day | undefined} day what its state means in figures, without the day. */
export function stateSummary(day) {
  const state = stateOf(day);
  const {
    expected_points: expected = 0,
    present_points: present = 0,
    quarantined_points: held = 0,
  } = day ?? {};
  const of = `${number(present)} of ${number(expected)} values`;
  switch (state) {
    case 'complete':
      return expected > 0 ? `complete, ${of}` : 'complete';
    case 'in_progress':
      return day?.due_at
        ? `in progress, ${of}, ${number(day.due_points ?? 0)} were due so far`
        : `in progress, ${of}; the files that were loaded cover only a part of it`;
    case 'partial':
      return `partial, ${of}; ${number(Math.max(0, expected - present))} missing`;
    case 'quarantined':
      return held > 0
        ? `quarantined, ${counted(held, 'point')} kept out, ${of}`
        : `quarantined, a response was rejected${present > 0 ? `; ${of}` : ''}`;
    default:
      return `${wordOf(state)}, ${STATES[state].meaning.replace(/^no row: /, '')}`;
  }
}

/** @param {string} date @param {Day | undefined} day one sentence, for people who do not see the calendar. */
export function daySummary(date, day) {
  const revised =
    day?.revision > 0 ? `, revised ${day.revision === 1 ? 'once' : `${day.revision} times`}` : '';
  const error = day?.error && day.state !== 'failed' ? ', the last attempt failed' : '';
  return `${longDay(date)}: ${stateSummary(day)}${revised}${error}`;
}

/** Every state with its sign. */
export function legend() {
  const entries = Object.entries(STATES).map(([state, { meaning }]) =>
    h(
      'li',
      {},
      sign(/** @type {State} */ (state)),
      h('span', {}, h('b', {}, wordOf(state)), h('i', {}, ` ${meaning.replace(/^no row: /, '')}`)),
    ),
  );
  const marks = h(
    'li',
    {},
    h('span', { class: 'sign revised', 'data-state': 'complete' }, icon('')),
    h('span', {}, h('b', {}, 'corner'), h('i', {}, ' values were revised')),
  );
  return h('ul', { class: 'legend', 'aria-label': 'What the signs mean' }, entries, marks);
}
