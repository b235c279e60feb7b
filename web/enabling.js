/** Whether a dataset is enabled, since when and by whom; for an operator, the button that changes it. */
import { postJson } from './api.js';
import { h, problem } from './dom.js';
import { mayDecide } from './findings.js';
import { datasetPath, part } from './parts.js';
import { ago } from './time.js';

/** Whether there can be anything to read: it is enabled, or was. @param {{ switched_at: string | null }} entry */
export const isStored = ({ switched_at: at }) => at !== null;

/** @param {any} entry of a dataset @param {any} me */
export function enabling({ dataset, enabled, switched_at: at, switched_by: by }, me) {
  return part([dataset, enabled, at, by, mayDecide(me)], () => {
    const place = h('div', {});
    const button = mayDecide(me) ? switchButton(dataset, !enabled, place) : null;
    const since = at === null ? '' : h('span', {}, ' since ', ago(at), `, by ${by}`);
    const words = enabled
      ? h('p', { class: 'note' }, 'Enabled', since, '. ', button)
      : h('p', { class: 'empty' }, ...dormant(dataset, since, at), ' ', button);
    place.append(words);
    return place;
  });
}

/** @param {string} dataset @param {Node | string} since @param {string | null} at */
function dormant(dataset, since, at) {
  const left = at === null ? '' : ' What it has stays and can be read.';
  return [
    ...['Dormant', since, `: nothing is requested, taken or expected of it.${left} `],
    h('code', {}, `npx tidemark enable '${dataset}'`),
  ];
}

/** @param {string} dataset @param {boolean} enable @param {HTMLElement} place where the result or problem is shown */
function switchButton(dataset, enable, place) {
  const name = enable ? 'Enable' : 'Disable';
  const press = async () => {
    const stops = `Disable ${dataset}? Nothing more is requested or taken for it, and what is in progress is cancelled. Its data stay.`;
    if (!enable && !confirm(stops)) return;
    try {
      const { summary } = await postJson(`${datasetPath(dataset)}/${name.toLowerCase()}`, {});
      place.replaceChildren(h('p', { class: 'note' }, `${summary}.`));
    } catch (error) {
      place.append(problem(error));
    }
  };
  return h('button', { type: 'button', class: 'quiet', onclick: () => void press() }, name);
}
