/** The page: the caller, the banners above every view, and the view of each address. */
import { ApiError, getJson, readKey, signIn } from './api.js';
import { h, problem } from './dom.js';
import { askForKey } from './key.js';
import { readHash, startRouter } from './router.js';
import { changesView } from './views/changes.js';
import { datasetView } from './views/dataset.js';
import { dayView } from './views/day.js';
import { notificationsView } from './views/notifications.js';
import { overview } from './views/overview.js';
import { plotView } from './views/plot.js';
import { quarantineView } from './views/quarantine.js';
import { searchView } from './views/search.js';

const ROUTES = /** @type {import('./router.js').Route[]} */ ([
  [/^\/$/, overview],
  [/^\/datasets\/(?<dataset>[^/]+)$/, datasetView],
  [/^\/datasets\/(?<dataset>[^/]+)\/days\/(?<day>\d{4}-\d{2}-\d{2})$/, dayView],
  [/^\/plot$/, plotView],
  [/^\/changes$/, changesView],
  [/^\/quarantine$/, quarantineView],
  [/^\/notifications$/, notificationsView],
  [/^\/search$/, searchView],
]);

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {any} what `GET /v1/me` says. */
let me;
const main = part('main');
const show = startRouter(ROUTES, () => me, main);

/** Requests the caller's identity, then shows the view. Repeated after the key has changed. */
async function begin() {
  try {
    me = await getJson('/v1/me');
  } catch (error) {
    me = undefined;
    banners();
    main.replaceChildren(h('h1', {}, 'Tidemark'), problem(error));
    if (error instanceof ApiError && error.status === 401)
      main.append(
        h(
          'p',
          { class: 'buttons' },
          signInButton(error.signIn),
          h('button', { type: 'button', onclick: openKey }, 'Enter a key'),
        ),
      );
    return;
  }
  banners();
  await show();
}

/** The banners above every view. */
function banners() {
  const key = part('key');
  const isKnown = me?.has_key || me?.signed_on;
  const kind = me?.signed_on ? 'Signed on' : 'Key';
  key.textContent = isKnown ? `${me.name} (${me.role})` : me?.sign_in ? 'Sign on' : 'Key';
  key.setAttribute(
    'aria-label',
    isKnown
      ? `${kind}: ${me.name}, ${me.role}; change it`
      : me?.sign_in
        ? 'Sign on, or enter a key'
        : 'Enter a key',
  );
  const lines = [];
  const shown = shownDataset();
  if (me?.simulated && !(shown && me.not_simulated.includes(shown)))
    lines.push(
      h(
        'p',
        { class: 'banner simulated' },
        h('strong', {}, 'Simulated data.'),
        ' Made by the bundled simulator, not by the publisher.',
        me.not_simulated.length > 0 && !shown
          ? ' What was uploaded or sent, or comes from a library, is not simulated.'
          : null,
      ),
    );
  if (me?.access === 'open' && !readKey())
    lines.push(
      h(
        'p',
        { class: 'banner' },
        h('strong', {}, 'Open for reading, on this machine only.'),
        ' Nobody needs a key to read; what changes something needs one.',
      ),
    );
  part('banners').replaceChildren(...lines);
}

/** The dataset that the view is about, if it is about one. @returns {string | null} */
function shownDataset() {
  const { path, query } = readHash(location.hash);
  const [, id] = /^\/datasets\/([^/]+)/.exec(path) ?? [];
  return id ? decodeURIComponent(id) : query.get('dataset');
}

/** @param {string | undefined} path */
function signInButton(path) {
  return path ? h('button', { type: 'button', onclick: () => signIn(path) }, 'Sign on') : null;
}

function openKey() {
  askForKey(me, () => void begin());
}

window.addEventListener('hashchange', banners);
part('key').addEventListener('click', openKey);
part('skip').addEventListener('click', () => main.focus());
part('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('q') ?? '').trim();
  location.hash = text ? `#/search?${new URLSearchParams({ q: text })}` : '#/';
});

void begin();
