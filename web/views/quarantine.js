/** Open findings: what is quarantined, with its raw value, reason and position. */
import { getJson } from '../api.js';
import { everyDataset } from '../datasets.js';
import { h, later } from '../dom.js';
import { isStored } from '../enabling.js';
import { findingsTable, mayDecide } from '../findings.js';
import { counted } from '../numbers.js';

const PAGE = 200;
const SEVERITIES = [
  ['block', 'quarantined (block)'],
  ['warn', 'written, to be looked at (warn)'],
  ['info', 'good to know (info)'],
];

/** @type {import('../router.js').MakeView} */
export async function quarantineView({ query, signal, me, seek }) {
  const datasets = (await everyDataset(signal)).filter(isStored);
  const severity = query.get('severity') ?? 'block';
  const chosen = query.get('dataset');
  const shown = datasets.filter((/** @type {any} */ { dataset }) => !chosen || dataset === chosen);
  const filter = { severity, rule: query.get('rule') };
  const may = mayDecide(me)
    ? `${me.signed_on ? 'You' : 'Your key'} may release and waive.`
    : 'Releasing and waiving need a key of an operator.';
  return {
    title: 'Quarantine',
    content: [
      h('h1', {}, 'Quarantine'),
      h(
        'p',
        { class: 'lead' },
        'Open findings. A finding of severity block keeps a point, or a whole response, out of the data until a later response is right or a person decides.',
      ),
      h(
        'div',
        { class: 'fields' },
        choice('severity', 'Severity', SEVERITIES, severity, seek),
        choice(
          'dataset',
          'Dataset',
          [['', 'every dataset'], ...datasets.map((/** @type {any} */ each) => [each.dataset, each.title])],
          chosen ?? '',
          seek,
        ),
      ),
      filter.rule
        ? h(
            'p',
            {},
            `Only rule ${filter.rule}. `,
            h(
              'button',
              { type: 'button', class: 'quiet small', onclick: () => seek({ rule: null }) },
              'All rules',
            ),
          )
        : h('span', {}),
      h('p', { class: 'note' }, may),
      ...shown.map((/** @type {any} */ dataset) => findingsOf(dataset, filter, me, signal)),
    ],
  };
}

/** @param {any} dataset @param {any} filter @param {any} me @param {AbortSignal} signal */
function findingsOf(dataset, filter, me, signal) {
  const heading = `findings-${dataset.dataset}`;
  const total = dataset.open_findings[filter.severity] ?? 0;
  const query = { dataset: dataset.dataset, ...filter, resolution: 'open', limit: PAGE };
  const first = getJson('/v1/findings', query, signal);
  return h(
    'section',
    { 'aria-labelledby': heading },
    h('h2', { id: heading }, dataset.title, filter.rule ? '' : ` (${counted(total, 'finding')})`),
    later(
      first,
      (page) => pages(page, dataset, me, signal),
      `Nothing of severity ${filter.severity} is open.`,
    ),
  );
}

/** @param {any} page @param {any} dataset @param {any} me @param {AbortSignal} signal */
function pages(page, dataset, me, signal) {
  if (page.data.length === 0) return null;
  const options = { entry: dataset, me, withDay: true };
  const place = h('div', {});
  add(page);
  return place;

  /** @param {any} answer */
  function add({ data, next }) {
    place.append(findingsTable(data, options));
    if (!next) return;
    const button = h('button', { type: 'button' }, 'Show more');
    const more = h('p', { class: 'buttons' }, button);
    button.addEventListener('click', () => {
      const answer = getJson(next, {}, signal);
      more.replaceWith(
        later(
          answer,
          (found) => {
            add(found);
            return h('span', {});
          },
          '',
        ),
      );
    });
    place.append(more);
  }
}

/** @param {string} name @param {string} label @param {string[][]} options @param {string} value @param {(query: any) => void} seek */
function choice(name, label, options, value, seek) {
  const entries = options.map(([key, text]) => h('option', { value: key, selected: key === value }, text));
  return h(
    'p',
    { class: 'field' },
    h('label', { for: name }, label),
    h(
      'select',
      { id: name, onchange: (/** @type {any} */ { target }) => seek({ [name]: target.value }) },
      entries,
    ),
  );
}
