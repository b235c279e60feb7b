/** How the page of a dataset begins, whatever its kind. */

import { isOfRecords } from '../datasets.js';
import { h } from '../dom.js';
import { changesLink, plotLink, quarantineLink } from '../links.js';

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
