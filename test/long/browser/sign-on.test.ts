/** Can somebody sign on from the page, come back to the view they were at, act, and sign off, in a real browser and over two sites? */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, serveApi } from '../../../api/server.ts';
import { SignOn } from '../../../api/signon/sign-on.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import type { Database } from '../../../db/connection/client.ts';
import { accessibilityFaults, namelessParts } from '../../browser/accessibility.ts';
import { sharedChromium } from '../../browser/chromium.ts';
import { settled } from '../../browser/page.ts';
import { freePort } from '../../chaos/addresses.ts';
import { LIMITS, openTestApiDatabase } from '../../support/api/api-environment.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { CLIENT, startProvider, type TestProvider } from '../../support/signon/provider.ts';

const now = () => new Date();
let stored: TestDatabase;
let database: Database;
let provider: TestProvider;
let running: RunningApi;
let page: Page;
beforeAll(async () => {
  const catalog = await loadCatalog();
  stored = await createTestDatabase(catalog.all);
  database = openTestApiDatabase(stored.url);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  provider = await startProvider(url, { anna: ['data-desk'] });
  const settings = {
    ...{ issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, page: url },
    ...{ audiences: [CLIENT.id], scopes: 'openid profile', rolesClaim: 'groups', sessionMs: 3_600_000 },
    roles: [{ role: 'operator', value: 'data-desk' } as const],
  };
  const deps = {
    ...({
      database,
      catalog,
      access: 'keys',
      corsOrigins: [],
      requestsPerMinute: 1_000_000,
      hosts: [],
    } as const),
    ...{ limits: LIMITS, now, signOn: new SignOn(settings, now) },
    temporal: () => Promise.reject(new Error('nothing here starts work')),
    workflowLink: () => '',
  };
  running = await serveApi(deps, { host: '127.0.0.1', port });
  page = await (await (await sharedChromium()).newContext()).newPage();
});
afterAll(async () => {
  await page?.context().close();
  await running?.close();
  await provider?.close();
  await database?.end();
  await stored?.drop();
});

test('from a view to the provider and back to it, and off again', async () => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${running.url}/#/quarantine`);
  // It asks who is there before it shows anything.
  await settled(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('main').getByRole('button', { name: 'Sign on' }).click();
  await page.getByPlaceholder('Enter any login').fill('anna');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  const who = page.getByRole('button', { name: 'Signed on: anna@desk.example (anna), operator; change it' });
  await who.waitFor();
  await settled(page);
  expect(page.url()).toBe(`${running.url}/#/quarantine`);
  await page.getByText('You may release and waive.').waitFor();
  // No script has it.
  expect(await page.evaluate('document.cookie')).toBe('');

  // The page sends where it comes from; with a form of another site the cookie is left out.
  const act = `fetch('/v1/backfills', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(({ status }) => status)`;
  expect(await page.evaluate(act)).toBe(400);
  const other = await page.context().newPage();
  await other.goto(`${provider.issuer}/nothing`);
  const refused = other.waitForResponse((answer) => answer.url().endsWith('/v1/backfills'));
  await other.evaluate(
    `Object.assign(document.body.appendChild(document.createElement('form')), { method: 'POST', action: '${running.url}/v1/backfills' }).submit()`,
  );
  expect((await refused).status()).toBe(401);
  await other.close();

  await who.click();
  expect(await namelessParts(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sign off' }).click();
  // The provider asks whether this is meant for itself too.
  await page.getByRole('button', { name: /^Yes/ }).click();
  await page.getByRole('main').getByRole('button', { name: 'Sign on' }).waitFor();
  expect(complaints).toEqual([]);
});
