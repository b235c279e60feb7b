/** Findings as a table; for an operator, the buttons that settle them. */
import { postJson } from './api.js';
import { isOfRecords } from './datasets.js';
import { h, problem, table } from './dom.js';
import { number } from './numbers.js';
import { datasetPath, dayLink, plotLink } from './parts.js';
import { clock, inZone, shortDay, time } from './time.js';

const MAY_DECIDE = ['operator', 'admin'];

/** @param {any} me whether the caller may settle findings. */
export const mayDecide = (me) => Boolean((me?.has_key || me?.signed_on) && MAY_DECIDE.includes(me.role));

/**
 * @param {any[]} findings
 * @param {{ entry: any, me: any, withDay: boolean }} options `entry`: of their dataset, or the story of their day; `withDay`: of several days.
 */
export function findingsTable(findings, { entry, me, withDay }) {
  const { dataset, time_zone: zone } = entry;
  const decides = mayDecide(me);
  const rows = findings.map((finding) => [
    ...(withDay ? [h('a', { href: dayLink(dataset, finding.day) }, shortDay(finding.day))] : []),
    h('span', { class: 'severity', 'data-severity': finding.severity }, finding.severity),
    h('code', {}, finding.rule),
    place(finding, entry),
    finding.raw === null ? '' : h('code', { class: 'raw' }, finding.raw),
    reason(finding, zone),
    ...(decides ? [buttons(finding, entry)] : []),
  ]);
  const heads = [
    ...(withDay ? ['Day'] : []),
    'Severity',
    'Rule',
    'Where',
    'Raw value',
    'Reason',
    ...(decides ? ['Decide'] : []),
  ];
  return table('Findings', heads, rows, { className: 'findings' });
}

/** @param {any} finding @param {any} entry */
function place({ series, starts_at: at, place, points, day }, entry) {
  const { dataset, time_zone: zone } = entry;
  const plot = () => h('a', { href: plotLink({ dataset, series, from: day, to: day }) }, series);
  const named = () => (isOfRecords(entry) ? h('code', {}, series) : plot());
  const where = series ? named() : 'the whole day';
  return [
    where,
    at ? [' at ', time(at, zone)] : null,
    points > 1 ? ` (${number(points)} points)` : null,
    place ? h('div', { class: 'note' }, place) : null,
  ];
}

/** @param {any} finding @param {string} zone */
function reason({ reason, resolution, resolved_at: at, resolved_by: by, resolved_reason: why }, zone) {
  const settled =
    resolution === 'open'
      ? null
      : h(
          'div',
          { class: 'note' },
          [resolution, by ? `by ${by}` : '', at ? clock(at, zone) : '', why ? `: ${why}` : '']
            .filter(Boolean)
            .join(' '),
        );
  return [inZone(reason, zone), settled];
}

/** @param {any} finding @param {any} entry */
function buttons(finding, entry) {
  if (finding.resolution !== 'open') return '';
  const place = h('div', { class: 'buttons' });
  const mayBeReleased = finding.severity === 'block' && finding.series && !isOfRecords(entry);
  const verbs = mayBeReleased ? ['release', 'waive'] : ['waive'];
  place.append(
    ...verbs.map((verb) =>
      h(
        'button',
        {
          type: 'button',
          class: 'small',
          'aria-label': `${verb} finding ${finding.id}`,
          onclick: () => openDialog(verb),
        },
        verb === 'release' ? 'Release …' : 'Waive …',
      ),
    ),
  );
  return place;

  /** @param {string} verb */
  function openDialog(verb) {
    decide(verb, finding, entry, (text) => place.replaceChildren(h('span', { class: 'note' }, text)));
  }
}

const MEANING = {
  release: 'The value is right after all: it is written, as known from now on.',
  waive: 'It is as it is: the value stays out and nobody needs to look again.',
};

/** @param {string} verb @param {any} finding @param {any} entry @param {(text: string) => void} done */
function decide(verb, finding, { dataset, time_zone: zone }, done) {
  const why = /** @type {HTMLInputElement} */ (
    h('input', { id: 'why', required: true, maxlength: 500, autocomplete: 'off' })
  );
  const problemArea = h('div', {});
  const title = `${verb === 'release' ? 'Release' : 'Waive'} ${finding.rule}${finding.series ? ` of ${finding.series}` : ''}, ${finding.day}`;
  const form = h(
    'form',
    { onsubmit: (/** @type {Event} */ event) => void send(event) },
    ...[
      h('h2', { id: 'decide-title' }, title),
      h('p', {}, inZone(finding.reason, zone)),
      h('p', {}, MEANING[/** @type {keyof typeof MEANING} */ (verb)]),
    ],
    ...[h('label', { for: 'why' }, 'Why (it is kept with your name)'), why, problemArea],
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'submit' }, verb === 'release' ? 'Release' : 'Waive'),
      h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
    ),
  );
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { 'aria-labelledby': 'decide-title' }, form));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    const body = { verb, findings: [finding.id], reason: why.value.trim() };
    try {
      const { summary } = await postJson(`${datasetPath(dataset)}/days/${finding.day}/decisions`, body);
      dialog.close();
      done(summary);
    } catch (error) {
      problemArea.replaceChildren(problem(error));
    }
  }
}
