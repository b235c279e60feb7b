/** The dialog to enter a key, or to sign on or off. A key is verified before it is stored, and only in this tab. */
import { getJson, readKey, signIn, signOff, storeKey } from './api.js';
import { h, problem } from './dom.js';

/** @param {any} me @param {() => void} changed called when the key is another one or gone. */
export function askForKey(me, changed) {
  const input = /** @type {HTMLInputElement} */ (
    h('input', {
      type: 'password',
      id: 'key-input',
      autocomplete: 'off',
      spellcheck: 'false',
      required: true,
    })
  );
  const problemArea = h('div', {});
  const close = () => dialog.close();
  const form = h(
    'form',
    { method: 'dialog', onsubmit: (/** @type {Event} */ event) => void take(event) },
    h('h2', { id: 'key-title' }, 'Key'),
    h('p', {}, whoText(me)),
    h('label', { for: 'key-input' }, 'A key, as "npx tidemark keys create" printed it'),
    input,
    h('p', { class: 'note' }, 'It stays in this tab and is forgotten when the tab is closed.'),
    problemArea,
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'submit' }, 'Use this key'),
      me?.sign_in && !me.signed_on
        ? h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => signIn(me.sign_in) },
            'Sign on instead',
          )
        : null,
      me?.signed_on
        ? h('button', { type: 'button', class: 'quiet', onclick: () => void leave() }, 'Sign off')
        : null,
      readKey() ? h('button', { type: 'button', class: 'quiet', onclick: forget }, 'Forget the key') : null,
      h('button', { type: 'button', class: 'quiet', onclick: close }, 'Cancel'),
    ),
  );
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { 'aria-labelledby': 'key-title' }, form));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  /** @param {Event} event */
  async function take(event) {
    event.preventDefault();
    const before = readKey();
    storeKey(input.value.trim());
    try {
      await getJson('/v1/me');
      close();
      changed();
    } catch (error) {
      storeKey(before);
      problemArea.replaceChildren(problem(error));
    }
  }

  async function leave() {
    await signOff().catch((error) => problemArea.replaceChildren(problem(error)));
  }

  function forget() {
    storeKey(null);
    close();
    changed();
  }
}

/** @param {any} me */
function whoText(me) {
  if (!me) return 'This API answers only with a key.';
  if (me.signed_on)
    return `You have signed on as ${me.name}, of role ${me.role}. A key counts more while it is entered.`;
  if (!me.has_key)
    return 'You read without a key. A key of an operator also shows the buttons that change something.';
  const seen = me.datasets === null ? 'every open dataset' : me.datasets.join(', ');
  return `You use the key "${me.name}" of role ${me.role}; it shows ${seen}.`;
}
