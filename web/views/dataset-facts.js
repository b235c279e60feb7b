/** The catalogue entry of a dataset: facts, freshness, quality, lineage, schema, and queries to copy. */
import { isDerived } from '../datasets.js';
import { copyButton, h, table } from '../dom.js';
import { counted, number, percent, size } from '../numbers.js';
import { datasetLink, part, quarantineLink } from '../parts.js';
import { ago, shortDay, time } from '../time.js';
import { facts } from './dataset-publication.js';

/** @param {any} entry @returns {import('../parts.js').Part[]} */
export function catalogueParts(entry) {
  const { lineage: line, relations, sample_queries: queries } = entry;
  return [
    part(shownOf(entry), () => section('facts', 'Facts', factsAndFigures(entry))),
    part(line, () => section('lineage', 'Where a value comes from', lineage(entry))),
    part(relations, () => section('schema', 'Relations in SQL', h('div', {}, relations.map(relation)))),
    part(queries, () => section('queries', 'Ask for it', h('div', {}, queries.map(sample)))),
  ];
}

/** The entry without what changes with every answer. @param {any} entry */
function shownOf({ freshness: { checked_seconds_ago: _, ...fresh }, ...rest }) {
  return [fresh, rest];
}

/** @param {string} id @param {string} title @param {HTMLElement} content */
function section(id, title, content) {
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), content);
}

/** @param {any} entry */
function factsAndFigures(entry) {
  return h('div', { class: 'columns' }, factsOf(entry), h('div', {}, freshness(entry), quality(entry)));
}

/** @param {any} entry */
function factsOf(entry) {
  const isPolled = entry.calendar !== null;
  const isGridded = entry.resolution_history.length > 0;
  const history = entry.resolution_history
    .map(
      (/** @type {any} */ { from, minutes }) =>
        `${minutes === 1440 ? 'a day' : `${minutes} min`} from ${from}`,
    )
    .join(', ');
  const expected = entry.expected_series_history
    .map((/** @type {any} */ { from, series }) => `${series} from ${from}`)
    .join(', ');
  const each = 'each series has its own on each day';
  return facts([
    ['Owner', entry.owner],
    ['Licence', entry.licence],
    ['Source', h('a', { href: safeLink(entry.source_link), rel: 'noreferrer' }, entry.source_link)],
    ['Unit', entry.unit],
    ['Time zone', `${entry.time_zone} (delivery days); instants are UTC`],
    ['Resolution', isGridded ? history : `${entry.resolution_seconds} s and longer; ${each}`],
    ['Series', `${number(entry.series)} known; expected ${isGridded ? expected : 'those that the day has'}`],
    ['Values', entry.first_day ? `from ${entry.first_day} to ${entry.last_day}` : 'none yet'],
    ['Access', entry.access === 'open' ? 'open to every reader' : 'only for keys that name it'],
    ['Plain calls', plainCalls(entry.plain)],
    ['Kept', entry.retention.text],
    isPolled ? ['Polled', polling(entry.calendar)] : broughtBy(entry),
  ]);
}

/** How data that are not polled arrive. @param {any} entry @returns {[string, any]} */
function broughtBy(entry) {
  if (isDerived(entry)) return ['Computed', 'whenever one of its inputs has moved'];
  return ['Brought by', h('code', {}, `tidemark load ${entry.dataset} FILE`)];
}

/** Links to the datasets from which one is computed. @param {string[]} inputs */
function inputLinks(inputs) {
  return inputs.flatMap((id, at) => [at > 0 ? ', ' : ' ', h('a', { href: datasetLink(id) }, id)]);
}

/** @param {{ tables: string[], value: string }} plain */
function plainCalls({ tables, value }) {
  const names = tables.flatMap((name, at) => [at > 0 ? ', ' : '', h('code', {}, name)]);
  return h(
    'span',
    {},
    h('code', {}, 'GET /data/{table}'),
    ': ',
    names,
    '; a value is ',
    h('code', {}, value),
  );
}

/** @param {any} calendar */
function polling({ polling: { text } }) {
  return h(
    'ul',
    { class: 'plain' },
    text.map((/** @type {string} */ line) => h('li', {}, line)),
  );
}

/** Only http(s) links; a definition file could contain anything. @param {string} link */
function safeLink(link) {
  return /^https?:\/\//.test(link) ? link : null;
}

/** @param {any} entry */
function freshness({ freshness: fresh, time_zone: zone }) {
  const behind =
    fresh.newest_complete_day === null
      ? 'no day is complete'
      : fresh.newest_due_day === null
        ? 'as new as what came last'
        : fresh.days_behind > 0
          ? `${counted(fresh.days_behind, 'day')} behind`
          : 'up to date';
  return h(
    'div',
    {},
    h('h3', {}, 'Freshness'),
    facts([
      ['Completeness', behind],
      ['Newest complete day', fresh.newest_complete_day ? shortDay(fresh.newest_complete_day) : 'none'],
      [
        'Newest day due',
        fresh.newest_due_day ? shortDay(fresh.newest_due_day) : 'none: it comes when it comes',
      ],
      ['Last checked', [time(fresh.last_checked_at, zone), ' (', ago(fresh.last_checked_at), ')']],
      ['Last change', time(fresh.last_changed_at, zone)],
    ]),
  );
}

/** @param {any} entry */
function quality({ quality: figures, dataset }) {
  const open = figures.open_findings.map((/** @type {any} */ { rule, severity, findings, days }) =>
    h(
      'li',
      {},
      h('a', { href: quarantineLink({ dataset, severity, rule }) }, `${rule} (${severity})`),
      `: ${counted(findings, 'finding')} on ${counted(days, 'day')}`,
    ),
  );
  return h(
    'div',
    {},
    h('h3', {}, 'Quality'),
    facts([
      [
        'Complete',
        `${number(figures.complete_days)} of ${counted(figures.days, 'day')} (${percent(figures.complete_share)})`,
      ],
      [
        'Revised in 30 days',
        `${counted(figures.revised_points, 'value')} on ${counted(figures.revised_days, 'day')}`,
      ],
      ['Open findings', open.length > 0 ? h('ul', { class: 'plain' }, open) : 'none'],
    ]),
  );
}

/** @param {any} entry */
function lineage({ lineage: line, time_zone: zone }) {
  const { source, inputs, payloads, dataset } = line;
  const steps = [
    inputs.length > 0
      ? [h('b', {}, 'Inputs'), ...inputLinks(inputs)]
      : [
          h('b', {}, 'Source'),
          source.quota === null ? ` ${source.title}` : ` ${source.title} (${source.quota})`,
        ],
    [
      h('b', {}, 'Payloads'),
      ` ${number(payloads.payloads)}, ${size(payloads.bytes_sent)} as sent, ${size(payloads.bytes_kept)} kept; last fetched `,
      time(payloads.last_fetched_at, zone),
    ],
    [
      h('b', {}, 'Dataset'),
      ` decoder ${dataset.decoder_version}, ${counted(dataset.checks.length, 'check')}`,
    ],
    [
      h('b', {}, 'Relations'),
      ' ',
      line.relations.map((/** @type {string} */ name, /** @type {number} */ at) => [
        at > 0 ? ', ' : '',
        h('code', {}, name),
      ]),
    ],
  ];
  const checks = dataset.checks.map((/** @type {any} */ { rule, severity, summary }) => [
    h('code', {}, rule),
    severity,
    summary,
  ]);
  return h(
    'div',
    {},
    h(
      'ol',
      { class: 'lineage' },
      steps.map((step) => h('li', {}, h('span', {}, step))),
    ),
    h(
      'details',
      {},
      h('summary', {}, `The ${counted(checks.length, 'check')} that every answer passes`),
      table('Checks', ['Rule', 'Severity', 'What it guards against'], checks),
    ),
  );
}

/** @param {any} relation */
function relation({ relation: name, meaning, columns }) {
  const rows = columns.map((/** @type {any} */ column) => [
    h('code', {}, column.name),
    h('code', {}, column.type),
    column.meaning,
  ]);
  return h(
    'details',
    {},
    h('summary', {}, h('code', {}, name), ` ${meaning}`),
    table(`Columns of ${name}`, ['Column', 'Type', 'Meaning'], rows),
  );
}

/** @param {any} query */
function sample(query) {
  const languages = [
    ['SQL', query.sql],
    ['curl', query.curl],
    ['Python', query.python],
    ['R', query.r],
  ].filter(([, text]) => text);
  const blocks = languages.map(([name, text]) =>
    h(
      'div',
      { class: 'sample' },
      h('div', { class: 'row' }, h('h4', {}, name), copyButton(text, `${name}: ${query.question}`)),
      h('pre', { tabindex: '0', 'aria-label': `${name}: ${query.question}` }, h('code', {}, text)),
    ),
  );
  return h('details', {}, h('summary', {}, h('h3', { class: 'as-text' }, query.question)), blocks);
}
