/** How the page of a dataset begins, whatever its kind, and steps from year to year. */
import { isOfRecords } from '../datasets.js';
import { h } from '../dom.js';
import { changesLink, plotLink, quarantineLink } from '../parts.js';

/** @param {any} entry @param {string} facts in a few words. */
export function datasetHead(entry, facts) {
  const { dataset: id, title, description } = entry;
  const query = { dataset: id };
  const links = [
    ...(isOfRecords(entry) ? [] : [h('a', { href: plotLink(query) }, 'Plot')]),
    h('a', { href: changesLink(query) }, 'Changes'),
    h('a', { href: quarantineLink(query) }, 'Quarantine'),
  ];
  return [
    h('h1', {}, title),
    h('p', { class: 'lead' }, description),
    h(
      'p',
      { class: 'facts' },
      h('code', {}, id),
      ` · ${facts}`,
      links.map((link) => [' · ', link]),
    ),
  ];
}

/** @param {number} year @param {number} oldest @param {number} thisYear @param {(query: Record<string, unknown>) => void} seek */
export function yearChooser(year, oldest, thisYear, seek) {
  const years = Array.from({ length: thisYear - oldest + 1 }, (_, n) => oldest + n);
  if (!years.includes(year)) years.push(year);
  const options = years.map((each) => h('option', { value: each, selected: each === year }, each));
  const step = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ label) =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': label,
        disabled: !years.includes(year + by),
        onclick: () => seek({ year: year + by }),
      },
      sign,
    );
  const select = h(
    'select',
    { 'aria-label': 'Year', onchange: (/** @type {any} */ event) => seek({ year: event.target.value }) },
    options,
  );
  return h(
    'div',
    { class: 'chooser' },
    step(-1, '‹', 'The year before'),
    select,
    step(1, '›', 'The year after'),
  );
}
