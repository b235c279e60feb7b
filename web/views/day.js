/** The story of a delivery day: how it stands, what was tried, found, changed and decided, and the answers themselves. */
import { download, getJson, readKey } from '../api.js';
import { changeSentence } from '../change-words.js';
import { h, later, table } from '../dom.js';
import { findingsTable } from '../findings.js';
import { datasetLink, datasetPath, dayLink, plotLink } from '../links.js';
import { counted, number, size } from '../numbers.js';
import { seriesPlot } from '../series-plot.js';
import { chip, sign, stateOf, stateSentence } from '../states.js';
import { addDays, longDay, shortDay, time } from '../time.js';

/** @type {import('../router.js').MakeView} */
export async function dayView({ parameters, query, signal, me }) {
  const { dataset = '', day = '' } = parameters;
  const story = await getJson(`${datasetPath(dataset)}/days/${day}`, {}, signal);
  const { time_zone: zone, runs, findings, changes, decisions, payloads } = story;
  const list = (
    /** @type {string} */ id,
    /** @type {string} */ title,
    /** @type {unknown[]} */ rows,
    /** @type {() => Node} */ show,
    /** @type {string} */ empty,
  ) =>
    h(
      'section',
      { 'aria-labelledby': id },
      h('h2', { id }, `${title}${rows.length > 0 ? ` (${number(rows.length)})` : ''}`),
      rows.length > 0 ? show() : h('p', { class: 'empty' }, empty),
    );
  return {
    title: `${shortDay(day)}, ${dataset}`,
    content: [
      h(
        'nav',
        { class: 'crumbs', 'aria-label': 'Where you are' },
        h('a', { href: datasetLink(dataset, { year: day.slice(0, 4) }) }, dataset),
        ' › ',
        day,
      ),
      h('div', { class: 'row' }, h('h1', {}, longDay(day)), neighbours(dataset, day)),
      standing(story),
      h(
        'section',
        { 'aria-labelledby': 'values' },
        h('h2', { id: 'values' }, 'Values'),
        later(values(story, query, signal), (node) => node, 'This day has no values.'),
      ),
      list(
        'changes',
        'Changes',
        changes,
        () => changesTable(changes, zone),
        'Nothing has come for this day yet.',
      ),
      list(
        'findings',
        'Findings',
        findings,
        () => findingsOf(story, me),
        'No payload of this day had anything odd.',
      ),
      list('runs', 'Runs', runs, () => runsTable(runs, zone), 'Nobody has asked for this day yet.'),
      list(
        'payloads',
        'Payloads',
        payloads,
        () => payloadsTable(payloads, zone),
        'The source has not answered for this day.',
      ),
      decisions.length > 0
        ? list('decisions', 'Decisions', decisions, () => decisionsTable(decisions, zone), '')
        : h('span', {}),
      h('p', { class: 'note' }, `Times are those of ${zone}; pointing at one shows UTC.`),
    ],
  };
}

/** @param {string} dataset @param {string} day */
function neighbours(dataset, day) {
  const link = (/** @type {number} */ by, /** @type {string} */ text) =>
    h('a', { href: dayLink(dataset, addDays(day, by)), class: 'button quiet' }, text);
  return h(
    'nav',
    { class: 'chooser', 'aria-label': 'Days around' },
    link(-1, '‹ Day before'),
    link(1, 'Day after ›'),
  );
}

/** @param {any} story */
function standing(story) {
  const { time_zone: zone } = story;
  const moments = [
    ['first published', story.first_published_at],
    ['complete since', story.completed_at],
    ['last changed', story.last_changed_at],
    ['last checked', story.last_checked_at],
  ].filter(([, at]) => at);
  return h(
    'div',
    { class: 'standing', 'data-state': stateOf(story) },
    sign(stateOf(story), 'large'),
    h(
      'div',
      {},
      h('p', { class: 'verdict' }, sentence(story)),
      story.error ? h('p', { class: 'failure' }, 'The last attempt failed: ', story.error) : null,
      h(
        'p',
        { class: 'facts' },
        `${counted(story.intervals, 'interval')} a series`,
        moments.map(([name, at]) => [' · ', name, ' ', time(at, zone)]),
      ),
    ),
  );
}

/** @param {any} story */
function sentence(story) {
  const state = stateOf(story);
  const text =
    state === 'none'
      ? story.sentence
      : `This day is ${stateSentence(story)}${story.revision > 0 ? `; revised ${story.revision === 1 ? 'once' : `${story.revision} times`}` : ''}`;
  return `${text}.`;
}

/** @param {any} story @param {URLSearchParams} query @param {AbortSignal} signal */
async function values(story, query, signal) {
  const { dataset, day, present_points: present } = story;
  if (present === 0) return null;
  const entry = await getJson(datasetPath(dataset), {}, signal);
  const named = [
    ...new Set(story.findings.map((/** @type {any} */ { series }) => series).filter(Boolean)),
  ].slice(0, 4);
  const asked = query.getAll('series');
  const series = asked.length > 0 ? asked : named.length > 0 ? named : await firstSeries(dataset, signal);
  const question = { dataset, from: day, to: day, series };
  // What was known when the day was first published, where it has been revised since.
  const before = story.revision > 0 ? { as_of: story.first_published_at } : {};
  const plot = await seriesPlot({ question, compare: before, entry, signal });
  const more = h(
    'a',
    { href: plotLink({ ...question, ...before }) },
    'Choose series, range and time of knowledge',
  );
  return h('div', {}, plot, h('p', {}, more));
}

/** @param {string} dataset @param {AbortSignal} signal @returns {Promise<string[]>} */
async function firstSeries(dataset, signal) {
  const { data } = await getJson(`${datasetPath(dataset)}/series`, { limit: 4 }, signal);
  return data.map((/** @type {any} */ { series }) => series);
}

/** @param {any[]} changes @param {string} zone */
function changesTable(changes, zone) {
  const rows = changes.toReversed().map((change) => [
    time(change.known_at, zone, true),
    change.kind,
    changeSentence(change),
    h(
      'a',
      {
        href: `#/plot?${new URLSearchParams({ dataset: change.dataset, from: change.day, to: change.day, as_of: beforeOf(change) })}`,
      },
      'Before and after',
    ),
  ]);
  return table('What moved this day, newest first', ['Known at', 'Kind', 'What', 'Plot'], rows);
}

/** The last instant at which it was not known. @param {any} change */
function beforeOf({ known_at: at }) {
  return new Date(Date.parse(at) - 1).toISOString();
}

/** @param {any} story @param {any} me */
function findingsOf({ dataset, time_zone: zone, findings, findings_total: total }, me) {
  const more =
    total > findings.length
      ? h('p', { class: 'note' }, `${number(findings.length)} of ${number(total)} findings are shown.`)
      : null;
  return h('div', {}, findingsTable(findings, { zone, me, dataset, withDay: false }), more);
}

/** @param {any[]} runs @param {string} zone */
function runsTable(runs, zone) {
  const rows = runs.map((run) => [
    time(run.started_at, zone, true),
    run.trigger,
    run.outcome ? chip(run.outcome) : run.finished_at ? 'ended without a word' : 'in progress',
    run.error ?? '',
    h(
      'a',
      { href: run.link, rel: 'noreferrer', 'aria-label': `Run of ${run.started_at} in the Temporal Web UI` },
      'Temporal',
    ),
  ]);
  return table('Runs, newest first', ['Started', 'Trigger', 'Outcome', 'Error', 'Link'], rows);
}

/** @param {any[]} payloads @param {string} zone */
function payloadsTable(payloads, zone) {
  const rows = payloads.map((payload) => [
    `${payload.id}`,
    time(payload.fetched_at, zone, true),
    payload.kind ?? 'not read yet',
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
function decisionsTable(decisions, zone) {
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
