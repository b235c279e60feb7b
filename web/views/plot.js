/** Series over a range: the latest state, optionally next to the state known at an instant or a gate. */
import { getJson } from '../api.js';
import { everyDataset, isOfRecords } from '../datasets.js';
import { h, later } from '../dom.js';
import { isStored } from '../enabling.js';
import { differingSeries } from '../observations.js';
import { datasetLink, datasetPath } from '../parts.js';
import { noteAddress } from '../router.js';
import { seriesPicker, seriesPlot } from '../series-plot.js';
import { addDays, dayIn, instantOf, localOf } from '../time.js';

const DEFAULT_DAYS = 7;
/** For finer steps a shorter range is shown: a week of seconds would be too much. */
const SHORT_STEP_SECONDS = 60;

/** @type {import('../router.js').MakeView} */
export async function plotView({ query, signal, seek }) {
  const datasets = (await everyDataset(signal)).filter(
    (dataset) => !isOfRecords(dataset) && isStored(dataset),
  );
  const id = query.get('dataset') ?? datasets[0]?.dataset;
  if (!id)
    return {
      title: 'Plot',
      content: [h('h1', {}, 'Plot'), h('p', { class: 'empty' }, 'There is no dataset that you may see.')],
    };
  const entry = await getJson(datasetPath(id), {}, signal);
  const to = query.get('to') ?? entry.last_day ?? dayIn(entry.time_zone);
  const from =
    query.get('from') ?? addDays(to, 1 - (entry.resolution_seconds < SHORT_STEP_SECONDS ? 1 : DEFAULT_DAYS));
  const compare = { ...given('as_of', query), ...given('gate', query) };
  const chosen = await chosenSeries({ dataset: id, from, to }, query, compare, signal);
  const draw = (/** @type {string[]} */ series) =>
    plotted({ question: { dataset: id, from, to, series }, compare, entry, signal });
  const place = h('section', { class: 'plotted', 'aria-label': 'Plot and numbers' }, draw(chosen));
  const picked = (/** @type {string[]} */ series) => {
    noteAddress({ dataset: id, from, to, series });
    place.replaceChildren(draw(series));
  };
  return {
    title: `Plot of ${entry.title}`,
    content: [
      h('h1', {}, 'Plot'),
      h(
        'p',
        { class: 'facts' },
        h('a', { href: datasetLink(id) }, entry.title),
        ` · ${entry.unit} · times of ${entry.time_zone}`,
      ),
      h(
        'div',
        { class: 'plot-view' },
        h(
          'section',
          { class: 'controls', 'aria-label': 'What is plotted' },
          datasetChoice(datasets, id, seek),
          rangeForm(from, to, seek),
          compareForm(compare, entry.time_zone, seek),
          seriesPicker(id, chosen, picked),
        ),
        place,
      ),
    ],
  };
}

/** @param {Parameters<typeof seriesPlot>[0]} what */
function plotted(what) {
  if (what.question.series.length === 0) return h('p', { class: 'empty' }, 'Choose a series.');
  const empty =
    'These series have no values in this range. Choose other days; the calendar of the dataset shows which have values.';
  return later(seriesPlot(what), (node) => node, empty);
}

/**
 * Those of the address; where it names none, those that changed since, else the first of the dataset.
 * @param {{ dataset: string, from: string, to: string }} range @param {URLSearchParams} query @param {any} compare @param {AbortSignal} signal
 */
async function chosenSeries(range, query, compare, signal) {
  const named = query.getAll('series');
  if (named.length > 0) return named;
  const isCompared = Object.keys(compare).length > 0;
  const moved = isCompared ? await differingSeries(range, compare, 6, signal) : [];
  if (moved.length > 0) return moved;
  const { data } = await getJson(`${datasetPath(range.dataset)}/series`, { limit: 1 }, signal);
  return data.map((/** @type {any} */ { series }) => series);
}

/** @param {string} name @param {URLSearchParams} query */
function given(name, query) {
  const value = query.get(name);
  return value ? { [name]: value } : {};
}

/** @param {any[]} datasets @param {string} id @param {(query: any) => void} seek */
function datasetChoice(datasets, id, seek) {
  const options = datasets.map(({ dataset, title }) =>
    h('option', { value: dataset, selected: dataset === id }, title),
  );
  const changed = (/** @type {any} */ { target }) =>
    seek({ dataset: target.value, series: null, from: null, to: null });
  return h(
    'p',
    { class: 'field' },
    h('label', { for: 'dataset' }, 'Dataset'),
    h('select', { id: 'dataset', onchange: changed }, options),
  );
}

/** @param {string} from @param {string} to @param {(query: any) => void} seek */
function rangeForm(from, to, seek) {
  const input = (/** @type {string} */ name, /** @type {string} */ value) =>
    h('input', {
      type: 'date',
      id: name,
      name,
      value,
      required: true,
      onchange: (/** @type {any} */ { target }) => target.value && seek({ from, to, [name]: target.value }),
    });
  const span = (/** @type {string} */ text, /** @type {number} */ days) =>
    h(
      'button',
      { type: 'button', class: 'quiet small', onclick: () => seek({ from: addDays(to, 1 - days), to }) },
      text,
    );
  return h(
    'div',
    { class: 'fields' },
    h('p', { class: 'field' }, h('label', { for: 'from' }, 'From day'), input('from', from)),
    h('p', { class: 'field' }, h('label', { for: 'to' }, 'To day'), input('to', to)),
    h('p', { class: 'buttons' }, span('Day', 1), span('Week', 7), span('Month', 31), span('Year', 365)),
  );
}

/** @param {{ as_of?: string, gate?: string }} compare @param {string} zone @param {(query: any) => void} seek */
function compareForm({ as_of: asOf, gate }, zone, seek) {
  const kind = asOf ? 'as_of' : gate ? 'gate' : 'latest';
  const choose = (/** @type {any} */ { target }) => {
    const first = {
      latest: {},
      as_of: { as_of: new Date(Date.now() - 86_400_000).toISOString() },
      gate: { gate: 'D-1T12:00' },
    };
    seek({ as_of: null, gate: null, .../** @type {any} */ (first)[target.value] });
  };
  const options = [
    ['latest', 'nothing: only the latest'],
    ['as_of', 'what was known at an instant'],
    ['gate', 'what was known at a gate'],
  ].map(([value, text]) => h('option', { value, selected: value === kind }, text));
  const instant = asOf
    ? h(
        'p',
        { class: 'field' },
        h('label', { for: 'as-of' }, `Known at (${zone})`),
        h('input', {
          type: 'datetime-local',
          id: 'as-of',
          value: localOf(asOf, zone),
          onchange: (/** @type {any} */ { target }) =>
            target.value && seek({ as_of: instantOf(target.value, zone) }),
        }),
      )
    : null;
  const named = gate
    ? h(
        'p',
        { class: 'field' },
        h('label', { for: 'gate' }, 'Gate: time relative to each day'),
        h('input', {
          id: 'gate',
          value: gate,
          placeholder: 'D-1T12:00',
          onchange: (/** @type {any} */ { target }) => seek({ gate: target.value }),
        }),
      )
    : null;
  return h(
    'div',
    { class: 'fields' },
    h(
      'p',
      { class: 'field' },
      h('label', { for: 'compare' }, 'Compare with'),
      h('select', { id: 'compare', onchange: choose }, options),
    ),
    instant,
    named,
  );
}
