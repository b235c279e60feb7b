/** The tables of a day's history. */
import { download, readKey } from '../api.js';
import { changeSummary, isOfRecords } from '../datasets.js';
import { h, table } from '../dom.js';
import { findingsTable } from '../findings.js';
import { counted, number, size } from '../numbers.js';
import { plotLink } from '../parts.js';
import { chip } from '../states.js';
import { shortDay, time } from '../time.js';

/** @param {any[]} changes @param {any} story */
export function changesTable(changes, story) {
  const { time_zone: zone } = story;
  const rows = changes
    .toReversed()
    .map((change) => [
      time(change.known_at, zone, true),
      change.kind,
      changeSummary(change, story),
      change.kind === 'revised' ? beforeAndAfter(change, story) : '',
    ]);
  return table('What moved this day, newest first', ['Known at', 'Kind', 'What', 'Plot'], rows);
}

/**
 * Links to the day just before the change and as it is now; records cannot be plotted.
 * @param {any} change @param {any} entry of its dataset
 */
export function beforeAndAfter({ dataset, day, known_at: at }, entry) {
  if (isOfRecords(entry)) return '';
  const before = new Date(Date.parse(at) - 1).toISOString();
  const label = `Before and after, ${shortDay(day)}`;
  const href = plotLink({ dataset, from: day, to: day, as_of: before });
  return h('a', { href, 'aria-label': label }, 'Before and after');
}

/** @param {any} story @param {any} me */
export function findingsOf(story, me) {
  const { findings, findings_total: total } = story;
  const more =
    total > findings.length
      ? h('p', { class: 'note' }, `${number(findings.length)} of ${number(total)} findings are shown.`)
      : null;
  return h('div', {}, findingsTable(findings, { entry: story, me, withDay: false }), more);
}

/** @param {any} run */
function outcomeOf({ outcome, error, finished_at: finishedAt }) {
  if (error?.startsWith('CANCELLED:')) return 'cancelled';
  return outcome ? chip(outcome) : finishedAt ? 'ended without a word' : 'in progress';
}

/** @param {any[]} runs @param {string} zone */
export function runsTable(runs, zone) {
  const rows = runs.map((run) => [
    time(run.started_at, zone, true),
    run.trigger,
    outcomeOf(run),
    run.error ?? '',
    h(
      'a',
      { href: run.link, rel: 'noreferrer', 'aria-label': `Run of ${run.started_at} in the Temporal Web UI` },
      'Temporal',
    ),
  ]);
  return table('Runs, newest first', ['Started', 'Trigger', 'Outcome', 'Error', 'Link'], rows);
}

/** @param {any[]} payloads @param {any} story */
export function payloadsTable(payloads, story) {
  const { time_zone: zone } = story;
  const data = isOfRecords(story) ? 'records' : 'points';
  const rows = payloads.map((payload) => [
    `${payload.id}`,
    time(payload.fetched_at, zone, true),
    payload.kind === 'points' ? data : (payload.kind ?? 'not read yet'),
    `${payload.status}`,
    size(payload.size_bytes),
    payload.seen_count > 1
      ? [counted(payload.seen_count, 'time'), ', last ', time(payload.last_seen_at, zone)]
      : 'once',
    h('code', { title: payload.sha256 }, payload.sha256.slice(0, 10)),
    contentLink(payload),
  ]);
  return table(
    'Payloads, newest first',
    ['Id', 'Fetched', 'Held', 'Status', 'Size', 'Seen', 'SHA-256', 'Bytes'],
    rows,
  );
}

/** @param {any} payload */
function contentLink({ id, content }) {
  const link = h('a', { href: content, download: '', 'aria-label': `Download payload ${id}` }, 'Download');
  link.addEventListener('click', (event) => {
    if (!readKey()) return;
    event.preventDefault();
    void download(content, `payload-${id}`);
  });
  return link;
}

/** @param {any[]} decisions @param {string} zone */
export function decisionsTable(decisions, zone) {
  const rows = decisions
    .toReversed()
    .map((each) => [
      time(each.decided_at, zone),
      each.verb,
      [each.rule, each.series].filter(Boolean).join(', ') || 'the day',
      each.decided_by,
      each.reason,
    ]);
  return table('What people decided, newest first', ['When', 'What', 'About', 'Who', 'Why'], rows);
}
