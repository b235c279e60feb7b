/** What needs a person now, and whether receivers are told; for operators and admins also the receivers. */
import { getJson } from '../api.js';
import { h, later, table } from '../dom.js';
import { number } from '../numbers.js';
import { datasetLink, dayLink, part } from '../parts.js';
import { ago } from '../time.js';

/** @type {import('../router.js').MakeView} */
export async function notificationsView({ signal, me }) {
  const notifications = await getJson('/v1/notifications', {}, signal);
  const wrong = part([notifications], () => h('div', {}, faults(notifications), incidents(notifications)));
  return {
    title: 'Notifications',
    content: [h('h1', {}, 'What needs a person, and who is told'), wrong, ...receivers(me, signal)],
    follows: '',
  };
}

/**
 * The last resort: faults of notifications themselves.
 * @param {{ working: boolean, faults: string[] }} notifications
 */
export function faults({ working, faults }) {
  if (working) return null;
  return h(
    'div',
    { class: 'problem' },
    h('strong', {}, 'Notifications fail.'),
    h(
      'ul',
      {},
      faults.map((fault) => h('li', {}, fault)),
    ),
  );
}

/** @param {{ incidents: any[], unknown: string[] }} notifications */
function incidents({ incidents, unknown }) {
  const names = unknown.map((cause) => cause.replaceAll('_', ' ')).join(', ');
  const notChecked = names
    ? h('p', {}, `Not checked, because Temporal or a worker does not answer: ${names}.`)
    : null;
  if (incidents.length === 0)
    return h('div', {}, h('p', { class: 'empty' }, 'There are no open incidents.'), notChecked);
  const rows = incidents.map(({ cause, dataset, days, summary }) => [
    cause.replaceAll('_', ' '),
    dataset ? h('a', { href: datasetLink(dataset) }, dataset) : 'the system',
    days.length > 0 ? h('span', {}, number(days.length), ', last ', lastDay(dataset, days)) : '',
    summary,
  ]);
  return h('div', {}, table('Incidents', ['What', 'Dataset', 'Days', 'In words'], rows), notChecked);
}

/** @param {string} dataset @param {string[]} days */
function lastDay(dataset, days) {
  const day = days.at(-1) ?? '';
  return h('a', { href: dayLink(dataset, day) }, day);
}

/** @param {any} me who the caller is @param {AbortSignal} signal */
function receivers(me, signal) {
  if (!['operator', 'admin'].includes(me?.role)) return [];
  const answer = getJson('/v1/notifications/receivers', {}, signal);
  const none = 'Nobody is notified; "npx tidemark notify add" adds a receiver.';
  const show = (/** @type {any} */ { data }) => (data.length === 0 ? h('p', {}, none) : listed(data));
  return [
    h(
      'section',
      { 'aria-labelledby': 'receivers' },
      h('h2', { id: 'receivers' }, 'Receivers'),
      later(answer, show, none),
    ),
  ];
}

/** @param {any[]} data */
function listed(data) {
  return table(
    'Receivers',
    ['Name', 'By', 'To', 'Is told of', 'Last told', 'Waiting', 'Why'],
    data.map((each) => [
      each.name,
      each.channel,
      each.place,
      each.datasets?.join(', ') ?? 'every open dataset and the system',
      ago(each.told_at),
      number(each.waiting),
      each.error ?? '',
    ]),
  );
}
