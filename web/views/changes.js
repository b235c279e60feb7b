/** What changed since yesterday: the change feed, newest first, updated live. */
import { changeSummary, changesFrom, everyDataset } from '../datasets.js';
import { h, later } from '../dom.js';
import { isStored } from '../enabling.js';
import { followChanges } from '../live.js';
import { counted, number } from '../numbers.js';
import { datasetLink, dayLink } from '../parts.js';
import { addDays, dayIn, instantOf, shortDay, time } from '../time.js';
import { beforeAndAfter } from './day-tables.js';

const MOST_SHOWN = 400;

/** @type {import('../router.js').MakeView} */
export async function changesView({ query, signal, seek }) {
  const datasets = (await everyDataset(signal)).filter(isStored);
  const chosen = query.get('dataset') ?? '';
  const kind = query.get('kind') ?? '';
  const byId = new Map(datasets.map((/** @type {any} */ each) => [each.dataset, each]));
  const zone = zoneOf(chosen ? [byId.get(chosen)] : datasets);
  const from = query.get('from') ?? addDays(dayIn(zone), -1);
  const since = instantOf(`${from}T00:00`, zone);
  const live = h('p', { class: 'live', role: 'status' }, 'Listening for changes …');
  const changes = changesFrom(since, chosen, signal);
  const show = (/** @type {any} */ { changes: rows, cursor }) =>
    feed(rows, { byId, zone, live, signal, chosen, cursor, kind });
  return {
    title: 'What changed',
    content: [
      h('h1', {}, `What changed since ${from === addDays(dayIn(zone), -1) ? 'yesterday' : shortDay(from)}`),
      h(
        'div',
        { class: 'fields' },
        sinceField(from, seek),
        datasetField(datasets, chosen, seek),
        kindField(kind, seek),
      ),
      live,
      h('section', { 'aria-label': 'Changes, newest first' }, later(changes, show, '')),
      h(
        'p',
        { class: 'note' },
        `Since 00:00 of that day in ${zone}, by when we learnt of it. A change is one response, file or request that moved a day.`,
      ),
    ],
  };
}

/** @param {any[]} rows oldest first. @param {any} options */
function feed(rows, { byId, zone, live, signal, chosen, cursor, kind }) {
  const isWanted = (/** @type {any} */ row) => !kind || row.kind === kind;
  const wanted = rows.filter(isWanted);
  const list = h(
    'tbody',
    {},
    wanted
      .slice(-MOST_SHOWN)
      .toReversed()
      .map((row) => line(row, byId, zone)),
  );
  const summary = h('p', { class: 'summary' });
  const all = [...rows];
  summarise();
  followChanges({ since: cursor, dataset: chosen, signal, onChange, onStatus });
  const head = h(
    'thead',
    {},
    h(
      'tr',
      {},
      [`Known at (${zone})`, 'Day', 'Kind', 'What', 'Plot'].map((text) => h('th', { scope: 'col' }, text)),
    ),
  );
  const caption = h('caption', { class: 'hidden' }, 'Changes, newest first');
  const more =
    wanted.length > MOST_SHOWN
      ? h('p', { class: 'note' }, `The newest ${number(MOST_SHOWN)} are shown.`)
      : null;
  return h(
    'div',
    {},
    summary,
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Changes' },
      h('table', {}, caption, head, list),
    ),
    more,
  );

  /** @param {any} row */
  function onChange(row) {
    if (all.some(({ cursor }) => cursor === row.cursor)) return;
    all.push(row);
    if (isWanted(row)) list.prepend(line(row, byId, zone));
    if (list.childElementCount > MOST_SHOWN) list.lastElementChild?.remove();
    summarise();
  }

  /** @param {boolean} isLive @param {string} text */
  function onStatus(isLive, text) {
    live.dataset.live = String(isLive);
    live.textContent = text;
  }

  function summarise() {
    summary.textContent = summaryText(all);
  }
}

/** @param {any[]} rows */
function summaryText(rows) {
  const revised = rows.filter(({ kind }) => kind === 'revised');
  const published = rows.length - revised.length;
  if (rows.length === 0) return 'Nothing has changed.';
  const days = new Set(revised.map(({ dataset, day }) => `${dataset} ${day}`)).size;
  const values = revised.reduce(
    (sum, { revised_points: points, nulled_points: nulled }) => sum + points + nulled,
    0,
  );
  const parts = [
    revised.length > 0
      ? `${counted(days, 'day')} revised (${counted(values, 'value')})`
      : 'No day was revised',
    published > 0 ? `${counted(published, 'publication')} of new values` : '',
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}

/** The common zone of the datasets; UTC if they have several. @param {any[]} datasets */
function zoneOf(datasets) {
  const zones = new Set(datasets.map((dataset) => dataset?.time_zone));
  const [only] = zones;
  return zones.size === 1 && only ? only : 'UTC';
}

/** @param {any} change @param {Map<string, any>} byId @param {string} zone */
function line(change, byId, zone) {
  const { dataset, day, kind, known_at: at } = change;
  const entry = byId.get(dataset);
  return h(
    'tr',
    { 'data-kind': kind },
    h('td', {}, time(at, zone, true)),
    h(
      'td',
      {},
      h('a', { href: dayLink(dataset, day) }, shortDay(day)),
      ' ',
      byId.size > 1 ? h('a', { class: 'note', href: datasetLink(dataset) }, entry?.title ?? dataset) : null,
    ),
    h('td', {}, h('span', { class: `kind ${kind}` }, kind)),
    h('td', {}, changeSummary(change, entry)),
    h('td', {}, kind === 'revised' ? beforeAndAfter(change, entry) : ''),
  );
}

/** @param {string} from @param {(query: any) => void} seek */
function sinceField(from, seek) {
  const changed = (/** @type {any} */ { target }) => target.value && seek({ from: target.value });
  return h(
    'p',
    { class: 'field' },
    h('label', { for: 'since' }, 'Since'),
    h('input', { type: 'date', id: 'since', value: from, onchange: changed }),
  );
}

/** @param {any[]} datasets @param {string} chosen @param {(query: any) => void} seek */
function datasetField(datasets, chosen, seek) {
  const options = [['', 'every dataset'], ...datasets.map(({ dataset, title }) => [dataset, title])];
  const entries = options.map(([value, text]) => h('option', { value, selected: value === chosen }, text));
  return h(
    'p',
    { class: 'field' },
    h('label', { for: 'dataset' }, 'Dataset'),
    h(
      'select',
      { id: 'dataset', onchange: (/** @type {any} */ { target }) => seek({ dataset: target.value }) },
      entries,
    ),
  );
}

/** @param {string} kind @param {(query: any) => void} seek */
function kindField(kind, seek) {
  const kinds = [
    ['', 'everything'],
    ['revised', 'only revisions'],
  ];
  const entries = kinds.map(([value, text]) => h('option', { value, selected: value === kind }, text));
  const changed = (/** @type {any} */ { target }) => seek({ kind: target.value });
  return h(
    'p',
    { class: 'field' },
    h('label', { for: 'kind' }, 'Show'),
    h('select', { id: 'kind', onchange: changed }, entries),
  );
}
