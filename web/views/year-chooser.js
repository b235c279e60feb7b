/** Steps from year to year. */
import { h } from '../dom.js';

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
