/** The history of a delivery day: its state, runs, findings, changes and decisions, and the answers themselves. */
import { getJson } from '../api.js';
import { datasetEntry, isOfRecords } from '../datasets.js';
import { h, later } from '../dom.js';
import { counted, number } from '../numbers.js';
import { differingSeries } from '../observations.js';
import { datasetLink, datasetPath, dayLink, part, plotLink } from '../parts.js';
import { seriesPlot } from '../series-plot.js';
import { sign, stateOf, stateSummary } from '../states.js';
import { addDays, inZone, longDay, shortDay, time } from '../time.js';
import { changesTable, decisionsTable, findingsOf, payloadsTable, runsTable } from './day-tables.js';
import { recordsOf } from './records.js';

const MOST_LINES = 4;
/** @type {import('../router.js').MakeView} */
export async function dayView({ parameters, query, signal, me }) {
  const { dataset = '', day = '' } = parameters;
  const story = await getJson(`${datasetPath(dataset)}/days/${day}`, {}, signal);
  const { time_zone: zone, runs, findings, changes, decisions, payloads, ...ledger } = story;
  const list = (
    /** @type {string} */ id,
    /** @type {string} */ title,
    /** @type {unknown[]} */ rows,
    /** @type {() => Node} */ show,
    /** @type {string | null} */ empty,
    total = rows.length,
  ) =>
    part(rows, () =>
      h(
        'section',
        { 'aria-labelledby': id, hidden: rows.length === 0 && empty === null },
        h('h2', { id }, `${title}${total > 0 ? ` (${number(total)})` : ''}`),
        rows.length > 0 ? show() : h('p', { class: 'empty' }, empty),
      ),
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
      part(ledger, () => standing(story)),
      part([ledger.present_points, ledger.last_changed_at, changes.length], () =>
        h(
          'section',
          { 'aria-labelledby': 'values' },
          h('h2', { id: 'values' }, isOfRecords(story) ? 'Records' : 'Values'),
          later(values(story, query, signal), (node) => node, 'This day has no values.'),
        ),
      ),
      list(
        'changes',
        'Changes',
        changes,
        () => changesTable(changes, story),
        'Nothing has come for this day yet.',
      ),
      list(
        'findings',
        'Findings',
        findings,
        () => findingsOf(story, me),
        'No payload of this day had anything odd.',
        story.findings_total,
      ),
      list('runs', 'Runs', runs, () => runsTable(runs, zone), 'No run has requested this day.'),
      list(
        'payloads',
        'Payloads',
        payloads,
        () => payloadsTable(payloads, story),
        runs.length > 0
          ? 'No response is kept: the runs above say why.'
          : 'Nothing was requested or loaded for this day yet.',
      ),
      list('decisions', 'Decisions', decisions, () => decisionsTable(decisions, zone), null),
      h('p', { class: 'note' }, `Times are those of ${zone}; pointing at one shows UTC.`),
    ],
    follows: dataset,
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
    ['first fetched', story.first_published_at],
    ['last changed by its source, as it says', sourceTimeOf(story)],
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
      h('p', { class: 'summary' }, inZone(summary(story), zone)),
      story.error
        ? h('p', { class: 'failure' }, 'The last attempt failed: ', inZone(story.error, zone))
        : null,
      story.explanations.map((/** @type {any} */ each) =>
        h(
          'p',
          { class: 'explanation' },
          `${each.dataset}: `,
          inZone(each.summary, zone),
          each.checked_at ? [' (checked ', time(each.checked_at, zone), ')'] : null,
        ),
      ),
      h(
        'p',
        { class: 'facts' },
        intervalsOf(story),
        moments.map(([name, at]) => [' · ', name, ' ', time(at, zone)]),
      ),
    ),
  );
}

/** When the source changed the newest response that it dates. @param {any} story */
function sourceTimeOf({ payloads }) {
  return payloads.find((/** @type {any} */ each) => each.source_modified_at)?.source_modified_at ?? null;
}

/** @param {any} story */
function intervalsOf(story) {
  if (isOfRecords(story)) return 'records of this time';
  return story.intervals === null
    ? 'each series has its own intervals'
    : `${counted(story.intervals, 'interval')} a series`;
}

/** @param {any} story */
function summary(story) {
  const state = stateOf(story);
  const text =
    state === 'none'
      ? story.summary
      : `This day is ${stateSummary(story)}${story.revision > 0 ? `; revised ${story.revision === 1 ? 'once' : `${story.revision} times`}` : ''}`;
  return `${text}.`;
}

/** @param {any} story @param {URLSearchParams} query @param {AbortSignal} signal */
async function values(story, query, signal) {
  const { dataset, day, present_points: present } = story;
  if (present === 0) return null;
  const entry = await datasetEntry(dataset, signal);
  if (isOfRecords(entry)) return await recordsOf(entry, { from: story.starts_at, to: story.ends_at }, signal);
  const range = { dataset, from: day, to: day };
  // What was known when the day was first published, where it has been revised since.
  const [first] = story.changes;
  const before = story.revision > 0 && first ? { as_of: first.known_at } : {};
  const named = query.getAll('series');
  const series = named.length > 0 ? named : await tellingSeries(story, range, before, signal);
  const question = { ...range, series };
  const plot = await seriesPlot({ question, compare: before, entry, signal });
  const more = 'Choose series, range and time of knowledge';
  // All that came of them may be quarantined.
  const none = `The data has no values of ${series.join(', ')}.`;
  return h(
    'div',
    {},
    plot ?? h('p', { class: 'empty' }, none),
    h('p', {}, h('a', { href: plotLink({ ...question, ...before }) }, more)),
  );
}

/** Series that were revised, else those with findings, else the first ones. @param {any} story @param {any} range @param {any} before @param {AbortSignal} signal @returns {Promise<string[]>} */
async function tellingSeries(story, range, before, signal) {
  const moved = before.as_of ? await differingSeries(range, before, MOST_LINES, signal) : [];
  if (moved.length > 0) return moved;
  const found = story.findings.map((/** @type {any} */ { series }) => series).filter(Boolean);
  if (found.length > 0) return [...new Set(found)].slice(0, MOST_LINES);
  const { data } = await getJson(`${datasetPath(range.dataset)}/series`, { limit: MOST_LINES }, signal);
  return data.map((/** @type {any} */ { series }) => series);
}
