/** What is wrong now, and whether notifications work; for operators and admins also the subscriptions. */
import { getJson } from '../api.js';
import { h, later, table } from '../dom.js';
import { datasetLink } from '../links.js';
import { number } from '../numbers.js';
import { part } from '../parts.js';
import { ago } from '../time.js';

/** @type {import('../router.js').MakeView} */
export async function notificationsView({ signal, me }) {
  const notifications = await getJson('/v1/notifications', {}, signal);
  const wrong = part([notifications], () => h('div', {}, faults(notifications), incidents(notifications)));
  return {
    title: 'Notifications',
    content: [h('h1', {}, 'What is wrong, and who is notified'), wrong, ...subscriptions(me, signal)],
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

/** @param {{ incidents: any[] }} notifications */
function incidents({ incidents }) {
  if (incidents.length === 0) return h('p', { class: 'empty' }, 'There are no open incidents.');
  return table(
    'Incidents',
    ['What', 'Dataset', 'Since', 'Days', 'In words'],
    incidents.map(({ kind, dataset, began_at: at, open_days: days, summary }) => [
      kind.replaceAll('_', ' '),
      dataset ? h('a', { href: datasetLink(dataset) }, dataset) : 'the system',
      ago(at),
      number(days.length),
      summary,
    ]),
  );
}

/** @param {any} me who the caller is @param {AbortSignal} signal */
function subscriptions(me, signal) {
  if (!['operator', 'admin'].includes(me?.role)) return [];
  const answer = getJson('/v1/notifications/subscriptions', {}, signal);
  const none = 'Nobody is notified; "npx tidemark notify add" makes a subscription.';
  const show = (/** @type {any} */ { data }) => (data.length === 0 ? h('p', {}, none) : listed(data));
  return [
    h(
      'section',
      { 'aria-labelledby': 'subscriptions' },
      h('h2', { id: 'subscriptions' }, 'Subscriptions'),
      later(answer, show, none),
    ),
  ];
}

/** @param {any[]} data */
function listed(data) {
  return table(
    'Subscriptions',
    ['Name', 'By', 'To', 'Kinds', 'Last sent', 'Waiting', 'Dead letters'],
    data.map((each) => [
      each.paused_at ? `${each.name} (paused by ${each.paused_by})` : each.name,
      each.channel,
      each.place,
      each.kinds?.join(', ') ?? 'everything that is wrong',
      ago(each.sent_at),
      number(each.pending),
      number(each.dead),
    ]),
  );
}
