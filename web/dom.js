/** Builds elements. Text is inserted as text: data is never parsed as HTML. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on<event>` is a listener; true writes the bare attribute; null, undefined and false leave it out.
 * @param {...unknown} children strings, numbers, nodes or lists of them; null and false are left out.
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodesOf(children));
  return element;
}

/** @param {unknown[]} children @returns {(Node | string)[]} */
function nodesOf(children) {
  return children.flat(5).flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [child instanceof Node ? child : String(child)];
  });
}

/** @param {string} d path data in a box of 12 by 12. @param {string} [className] */
export function icon(d, className = 'icon') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', className);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}

/**
 * A section with asynchronous content: shows that it is loading, that there is nothing, or what went wrong.
 * @template T
 * @param {Promise<T>} promise @param {(value: T) => Node | null} show null: nothing is there. @param {string} empty
 * @returns {HTMLElement}
 */
export function later(promise, show, empty) {
  const place = h('div', { class: 'later', 'aria-busy': 'true' }, h('p', { class: 'loading' }, 'Loading …'));
  const put = (/** @type {Node} */ node) => {
    place.removeAttribute('aria-busy');
    place.replaceChildren(node);
  };
  promise
    .then((value) => put(show(value) ?? h('p', { class: 'empty' }, empty)))
    .catch((error) => {
      if (error?.name !== 'AbortError') put(problem(error));
    });
  return place;
}

/** @param {any} error what was thrown: a problem of the API with its hint, or a failure of the network or of ours. */
export function problem(error) {
  const { title, status, errors = [], instance } = error;
  const fields = errors.map((/** @type {any} */ { field, hint }) =>
    h('li', {}, h('code', {}, field), ': ', hint),
  );
  return h(
    'div',
    { class: 'problem', role: 'alert' },
    h('p', {}, h('strong', {}, title ?? 'This cannot be shown'), status ? ` (${status})` : ''),
    h('p', {}, error.message),
    fields.length > 0 ? h('ul', {}, fields) : null,
    instance ? h('p', { class: 'note' }, `Request ${instance}`) : null,
  );
}

/** @param {string} text @param {string} label what the button copies, for its name. */
export function copyButton(text, label) {
  const button = h('button', { type: 'button', class: 'quiet small', 'aria-label': `Copy ${label}` }, 'Copy');
  button.addEventListener('click', async () => {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    button.textContent = done ? 'Copied' : 'Select it and copy';
  });
  return button;
}

/**
 * @param {string} caption @param {unknown[]} heads @param {unknown[][]} rows cells of the body.
 * @param {{ className?: string, visible?: boolean }} [options]
 */
export function table(caption, heads, rows, { className = '', visible = false } = {}) {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: className },
      h('caption', { class: visible ? null : 'hidden' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head) => h('th', { scope: 'col' }, head)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((cells) =>
          h(
            'tr',
            {},
            cells.map((cell) => h('td', {}, cell)),
          ),
        ),
      ),
    ),
  );
}
