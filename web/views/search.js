/** Search results from the catalogue and the names of series. */
import { getJson } from '../api.js';
import { everyDataset, isOfRecords } from '../datasets.js';
import { h, later } from '../dom.js';
import { isStored } from '../enabling.js';
import { datasetLink, datasetPath, plotLink } from '../parts.js';

const FOUND = 100;

/** @type {import('../router.js').MakeView} */
export async function searchView({ query, signal }) {
  const words = (query.get('q') ?? '').trim();
  const [datasets, hits] = await Promise.all([everyDataset(signal), everyDataset(signal, words)]);
  const results = hits.map((/** @type {any} */ { dataset, title, description }) =>
    h(
      'li',
      {},
      h('a', { href: datasetLink(dataset) }, title),
      ' ',
      h('code', {}, dataset),
      h('p', {}, description),
    ),
  );
  return {
    title: `Search: ${words}`,
    content: [
      h('h1', {}, `Search: ${words}`),
      h(
        'section',
        { 'aria-labelledby': 'datasets' },
        h('h2', { id: 'datasets' }, 'Datasets'),
        results.length > 0
          ? h('ul', { class: 'results' }, results)
          : h(
              'p',
              { class: 'empty' },
              'No dataset has these words in its names, texts, unit, owner, source or fields.',
            ),
      ),
      ...datasets
        .filter((dataset) => !isOfRecords(dataset) && isStored(dataset))
        .map((dataset) => seriesOf(dataset, words, signal)),
    ],
  };
}

/** @param {any} dataset @param {string} words @param {AbortSignal} signal */
function seriesOf({ dataset, title }, words, signal) {
  const heading = `series-${dataset}`;
  const answer = getJson(`${datasetPath(dataset)}/series`, { search: words, limit: FOUND }, signal);
  const show = (/** @type {any} */ { data, next }) => {
    if (data.length === 0) return null;
    const links = data.map((/** @type {any} */ { series, attributes }) =>
      h(
        'li',
        {},
        h('a', { href: plotLink({ dataset, series }) }, series),
        h(
          'span',
          { class: 'note' },
          ` ${Object.entries(attributes)
            .map((pair) => pair.join(' '))
            .join(', ')}`,
        ),
      ),
    );
    return h(
      'div',
      {},
      h('ul', { class: 'results many' }, links),
      next ? h('p', { class: 'note' }, `The first ${FOUND}.`) : null,
    );
  };
  return h(
    'section',
    { 'aria-labelledby': heading },
    h('h2', { id: heading }, `Series of ${title}`),
    later(answer, show, 'No series has these words in its name or attributes.'),
  );
}
