/** Can a thousand findings be read, and settled by those whose key allows it and by nobody else? */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, namelessParts, overflow } from '../../browser/accessibility.ts';
import { onPhone, settled, shownIn } from '../../browser/page.ts';
import { openWorkedPage, type WorkedPage } from '../../browser/worked-page.ts';
import { event } from '../../support/sample-events.ts';
import { DATASET } from '../../support/test-environment.ts';

const DAY = '2026-11-02';
const MANY = 1_000;
/** What a hostile payload might hold. */
const HOSTILE = '<img src=x onerror="document.title=1"> {{7*7}} \u202e';

let testEnv: WorkedPage;
let key: string;
beforeAll(async () => {
  testEnv = await openWorkedPage();
  testEnv.simulator.faults.add({ name: 'negative', day: DAY, border: 'border_DE_FR' });
  await testEnv.load(DAY, DAY);
  await testEnv.rows(
    `insert into ops.finding (dataset, day, found_at, rule, severity, series, starts_at, points, place, raw, reason, resolution)
     select $1, $2::date - 1, now() - interval '1 day', 'range', 'block', 'border_AT_BE', null, 1, 'data[0]', $3, $3, 'open'
     from generate_series(1, $4)`,
    [DATASET, DAY, HOSTILE, MANY],
  );
  key = await testEnv.operatorKey();
});
afterAll(() => testEnv.close());

async function enterKey(page: Page, secret: string): Promise<void> {
  await page.getByRole('button', { name: /key/i }).first().click();
  await page.getByLabel(/^A key/).fill(secret);
  await page.getByRole('button', { name: 'Use this key' }).click();
}

test('a thousand findings come in pages, as text', async () => {
  const { page, complaints, close } = await testEnv.visit('#/quarantine');
  expect(await shownIn(page.locator('main'))).toContain(`Core max exchanges (MaxBex) (1,024 findings)`);
  const rows = page.locator('.findings tbody tr');
  expect(await rows.count()).toBe(200);
  expect(await accessibilityFaults(page)).toEqual([]);
  for (const shown of [400, 600, 800, 1000, 1024]) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rows.count()).toBe(shown);
  }
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  expect(await rows.filter({ hasText: '<img src=x' }).count()).toBe(MANY);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.title()).toBe('Quarantine · Tidemark');
  await onPhone(page);
  expect(await overflow(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test('without a key there is no button that changes anything', async () => {
  const { page, close } = await testEnv.visit('#/quarantine');
  expect(await page.getByRole('button', { name: /release|waive/i }).count()).toBe(0);
  expect(await shownIn(page.locator('main'))).toContain('need a key of an operator');
  await close();
});

test('a key that is not known is refused with its hint and not kept', async () => {
  const { page, close } = await testEnv.visit('#/');
  await enterKey(page, 'tmk_wrong');
  expect(await shownIn(page.getByRole('dialog').getByRole('alert'))).toContain('this key is not known');
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await page.getByRole('dialog').count()).toBe(0);
  await close();
});

test('with an operator’s key a finding is waived, with a reason, in the key’s name', async () => {
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}/days/${DAY}`);
  await enterKey(page, key);
  await page.getByRole('button', { name: 'Key: night-shift, operator; change it' }).waitFor();
  expect(await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie]')).toEqual([
    1,
    0,
    '',
  ]);
  await settled(page);
  const waive = page.getByRole('button', { name: /^waive finding/ });
  const before = await waive.count();
  await waive.first().click();
  const dialog = page.getByRole('dialog', { name: /^Waive range of border_DE_FR/ });
  await dialog.getByLabel(/^Why/).fill('the exchange was out of service');
  expect(await namelessParts(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Waive' }).click();
  await expect.poll(() => waive.count()).toBe(before - 1);
  const settledOnes = await testEnv.rows(
    `select resolution, resolved_by, resolved_reason from ops.finding where day = $1 and resolution <> 'open'`,
    [DAY],
  );
  expect(settledOnes).toContainEqual({
    ...{ resolution: 'waived', resolved_by: 'night-shift' },
    resolved_reason: 'the exchange was out of service',
  });
  await close();
});

test('an API that wants a key is asked for nothing else before it has one', async () => {
  const { page, close } = await testEnv.visitWithKeys('#/quarantine');
  const requested: string[] = [];
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  await page.reload();
  await page.getByRole('button', { name: 'Enter a key', exact: true }).last().waitFor();
  expect(requested.filter((path) => path.startsWith('/v1/'))).toEqual(['/v1/me']);
  await page.getByRole('main').getByRole('button', { name: 'Enter a key' }).click();
  await page.getByLabel(/^A key/).fill(key);
  await page.keyboard.press('Enter');
  await page.getByText('Your key may release and waive.').waitFor();
  expect(await shownIn(page.locator('#banners'))).not.toContain('Open for reading');
  await close();
});

test('a finding of a record can be waived, but not released, and leads to its day instead of a plot', async () => {
  const dataset = await testEnv.foldEvents(event({ id: 'odd', price: 'much' }));
  const { page, complaints, close } = await testEnv.visit(`#/quarantine?dataset=${dataset}`);
  await enterKey(page, key);
  const row = page.locator('.findings tbody tr');
  await row.getByRole('button', { name: /^waive finding/ }).waitFor();
  expect(await shownIn(page.locator('main'))).toContain('Checkout events (1 finding)');
  expect(await row.getByRole('button').count()).toBe(1);
  expect(await row.getByRole('link').count()).toBe(1);
  expect(await row.getByRole('link').getAttribute('href')).toBe(`#/datasets/${dataset}/days/2026-11-20`);
  expect(complaints).toEqual([]);
  await close();
});
