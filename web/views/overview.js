/** Every dataset at a glance: whether yesterday is complete, what was revised since, what needs attention. */
import { getJson } from '../api.js';
import { everyDataset, isDerived, isOfRecords, isPulled } from '../datasets.js';
import { h } from '../dom.js';
import { dayCell } from '../heatmap.js';
import { counted } from '../numbers.js';
import { changesLink, datasetLink, dayLink, part, plotLink, quarantineLink } from '../parts.js';
import { sign, stateOf, stateSummary, TROUBLED } from '../states.js';
import { addDays, ago, dayIn, longDay, shortDay } from '../time.js';
import { faults } from './notifications.js';

/** With tomorrow, five weeks. */
const STRIP_DAYS = 33;

/** @type {import('../router.js').MakeView} */
export async function overview({ signal }) {
  const [all, notifications, recent] = await Promise.all([
    everyDataset(signal),
    getJson('/v1/notifications', {}, signal),
    getJson('/v1/days', { days: STRIP_DAYS + 1 }, signal),
  ]);
  const datasets = all.filter(({ enabled }) => enabled);
  const dormant = all.filter(({ enabled }) => !enabled);
  const byDataset = new Map(recent.data.map((/** @type {any} */ { dataset, days }) => [dataset, days]));
  const lately = datasets.map(({ dataset }) => byDataset.get(dataset) ?? []);
  // Part of the key, because the summary of the last 24 hours changes with time.
  const hour = Math.floor(Date.now() / 3_600_000);
  const cards = part([datasets, lately, hour, notifications.faults, dormant], () =>
    h(
      'div',
      {},
      faults(notifications),
      datasets.map((dataset, at) => card(dataset, lately[at])),
      all.length === 0
        ? h('p', { class: 'empty' }, 'There is no dataset that you may see. A key may show more.')
        : null,
      dormantGroup(datasets.length === 0, dormant),
    ),
  );
  return { title: 'Overview', content: [h('h1', {}, 'Is it all here?'), cards], follows: '' };
}

/** Datasets that nobody has enabled here, folded away. @param {boolean} isAll whether none is enabled @param {any[]} dormant */
function dormantGroup(isAll, dormant) {
  if (dormant.length === 0) return null;
  const links = dormant.map(({ dataset, title }) =>
    h('li', {}, h('a', { href: datasetLink(dataset) }, title), ' ', h('code', {}, dataset)),
  );
  return h(
    'details',
    { class: 'dormant', open: isAll },
    h('summary', {}, `${counted(dormant.length, 'dataset')} ${dormant.length === 1 ? 'is' : 'are'} dormant`),
    h(
      'p',
      {},
      'Nothing is requested of them. To enable some: ',
      h('code', {}, "npx tidemark enable 'jao-core.*'"),
    ),
    h('ul', { class: 'results' }, links),
  );
}

/** @param {any} dataset @param {any[]} days */
function card(dataset, days) {
  const { dataset: id, title, last_checked_at: checkedAt, last_changed_at: changedAt } = dataset;
  const heading = `card-${id}`;
  const links = [
    ...(isOfRecords(dataset) ? [] : [h('a', { href: plotLink({ dataset: id }) }, 'Plot'), ' · ']),
    h('a', { href: changesLink({ dataset: id }) }, 'Changes'),
  ];
  return h(
    'section',
    { class: 'card', 'aria-labelledby': heading },
    h('h2', { id: heading }, h('a', { href: datasetLink(id) }, title)),
    h('p', { class: 'facts' }, h('code', {}, id), ` · ${factsOf(dataset)}`),
    lately(dataset, days),
    attention(dataset),
    h(
      'p',
      { class: 'facts' },
      ...['Last checked ', ago(checkedAt), ', last change ', ago(changedAt), '. '],
      links,
    ),
  );
}

/** @param {any} dataset */
function factsOf(dataset) {
  const { unit, series, period, time_zone: zone } = dataset;
  if (isOfRecords(dataset)) return `records, kept by ${period} of ${zone}`;
  return `${counted(series, 'series', 'series')} in ${unit} · days of ${zone}`;
}

/** What arrived lately. @param {any} dataset @param {any[]} days */
function lately(dataset, days) {
  const { dataset: id, description, time_zone: zone } = dataset;
  if (isOfRecords(dataset)) return h('p', {}, description);
  return isPulled(dataset) ? standing(id, days, dayIn(zone)) : loaded(dataset, days);
}

/** Datasets from files or computed ones: no day is expected. @param {any} dataset @param {any[]} days */
function loaded(dataset, days) {
  const { dataset: id, first_day: first, last_day: last } = dataset;
  if (!last && isDerived(dataset))
    return h('p', { class: 'empty' }, 'Nothing was computed yet: its inputs have no days.');
  if (!last)
    return h(
      'p',
      { class: 'empty' },
      'No file was loaded yet: ',
      h('code', {}, `tidemark load ${id} <file>`),
    );
  const label = `The last ${STRIP_DAYS + 1} days that were ${isDerived(dataset) ? 'computed' : 'loaded'}`;
  const strip = days.map((day) => dayCell(id, day.day, day));
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'summary' },
      isDerived(dataset) ? 'Computed from other datasets: ' : 'Loaded from files: ',
      h('a', { href: dayLink(id, first) }, longDay(first)),
      ' to ',
      h('a', { href: dayLink(id, last) }, longDay(last)),
      '.',
    ),
    h('nav', { class: 'strip', 'aria-label': label }, strip),
  );
}

/** @param {string} id @param {any[]} days @param {string} today */
function standing(id, days, today) {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const named = [
    ['Yesterday', addDays(today, -1)],
    ['Today', today],
    ['Tomorrow', addDays(today, 1)],
  ];
  const strip = days.map((day) => dayCell(id, day.day, day));
  return h(
    'div',
    {},
    h(
      'ul',
      { class: 'three' },
      named.map(([name = '', day = '']) => h('li', {}, near(id, name, day, byDay.get(day)))),
    ),
    h('p', { class: 'summary' }, revisedText(id, days, today)),
    h('nav', { class: 'strip', 'aria-label': `The last ${STRIP_DAYS} days` }, strip),
  );
}

/** @param {string} id @param {string} name @param {string} day @param {any} row */
function near(id, name, day, row) {
  const state = stateOf(row);
  return h(
    'a',
    { href: dayLink(id, day), class: 'near', 'data-state': state },
    sign(state, 'large'),
    h('span', {}, h('b', {}, `${name}, ${shortDay(day)}`), h('br'), stateSummary(row)),
  );
}

/** @param {string} id @param {any[]} days @param {string} today */
function revisedText(id, days, today) {
  const since = Date.now() - 24 * 3_600_000;
  const revised = days.filter(({ revision, last_changed_at: at }) => revision > 0 && Date.parse(at) >= since);
  if (revised.length === 0) return 'No day was revised in the last 24 hours.';
  const links = revised
    .slice(-6)
    .map(({ day }, at) => [at > 0 ? ', ' : '', h('a', { href: dayLink(id, day) }, shortDay(day))]);
  const more = revised.length > 6 ? ` and ${revised.length - 6} more` : '';
  return [
    ...[
      h('b', {}, counted(revised.length, 'day')),
      ` ${revised.length === 1 ? 'was' : 'were'} revised in the last 24 hours: `,
    ],
    ...[
      ...links,
      more,
      '. ',
      h(
        'a',
        { href: changesLink({ dataset: id, from: addDays(today, -1), kind: 'revised' }) },
        'What changed',
      ),
    ],
  ];
}

/** What needs attention, or that nothing does. @param {any} dataset */
function attention({ dataset, period = 'day', states, open_findings: findings, days_with_error: errors }) {
  const troubles = TROUBLED.filter((state) => states[state] > 0).map((state) =>
    h(
      'li',
      {},
      h(
        'a',
        { href: datasetLink(dataset, { state }) },
        sign(state),
        `${counted(states[state], period)} ${state}`,
      ),
    ),
  );
  if (findings.block > 0)
    troubles.push(
      h(
        'li',
        {},
        h(
          'a',
          { href: quarantineLink({ dataset }) },
          sign('quarantined'),
          counted(findings.block, 'blocking finding'),
        ),
      ),
    );
  if (findings.warn > 0)
    troubles.push(
      h(
        'li',
        {},
        h('a', { href: quarantineLink({ dataset, severity: 'warn' }) }, counted(findings.warn, 'warning')),
      ),
    );
  if (errors > (states.failed ?? 0))
    troubles.push(h('li', {}, `${counted(errors, period)} whose last attempt failed`));
  if (troubles.length === 0 && Object.keys(states).length === 0)
    return h('p', { class: 'fine' }, sign('none'), 'Nothing was loaded yet.');
  if (troubles.length === 0)
    return h('p', { class: 'fine' }, sign('complete'), 'Nothing is late, failed, partial or quarantined.');
  return h('ul', { class: 'troubles', 'aria-label': 'Needs somebody' }, troubles);
}
