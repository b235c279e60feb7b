/** Does a screen on the wall tell the truth: what changes, what fails without a change, and that nobody answers any more? */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RETRY_RULES } from '../../../domain/workflow/failures.ts';
import { accessibilityFaults } from '../../browser/accessibility.ts';
import { shownIn } from '../../browser/page.ts';
import { openWorkedPage, type WorkedPage } from '../../browser/worked-page.ts';
import { DATASET } from '../../support/test-environment.ts';

const GOOD = '2026-11-02';
const YESTERDAY = '2026-11-03';
/** What moves the ledger alone is asked for every twenty seconds. */
const SOON = { timeout: 60_000 };

let testEnv: WorkedPage;
beforeAll(async () => {
  const transient = { ...RETRY_RULES.transient, attempts: 1 };
  testEnv = await openWorkedPage({ retryRules: { ...RETRY_RULES, transient } });
});
afterAll(() => testEnv?.close());

const textOf = (page: Page) => shownIn(page.locator('main'));
const isLive = (page: Page) => page.getByText('Live: refreshes by itself.').waitFor();

test('overview, calendar and day follow the change feed, and the reader keeps the place', async () => {
  const overview = await testEnv.visit('#/');
  const dataset = await testEnv.visit(`#/datasets/${DATASET}`);
  const day = await testEnv.visit(`#/datasets/${DATASET}/days/${GOOD}`);
  const [first, second, third] = [overview.page, dataset.page, day.page];
  await Promise.all([first, second, third].map(isLive));
  await first.getByRole('link', { name: 'Core max exchanges (MaxBex)' }).focus();
  const cell = second.locator(`.heatmap [data-day="${GOOD}"]`);
  expect(await cell.getAttribute('data-state')).toBe('none');
  await cell.focus();
  await testEnv.load(GOOD, GOOD);
  await expect.poll(() => textOf(third), SOON).toContain('This day is complete, 3,600 of 3,600 values.');
  await third.locator('canvas').waitFor();
  await expect.poll(() => cell.getAttribute('data-state'), SOON).toBe('complete');
  await expect
    .poll(
      () => first.locator(`.strip [href*="${DATASET}"][data-day="${GOOD}"]`).getAttribute('data-state'),
      SOON,
    )
    .toBe('complete');
  expect(await second.evaluate('document.activeElement.dataset.day')).toBe(GOOD);
  expect(await first.evaluate('document.activeElement.textContent')).toBe('Core max exchanges (MaxBex)');
  for (const visit of [overview, dataset, day]) {
    expect(await accessibilityFaults(visit.page)).toEqual([]);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  }
});

test('a day that fails, without any change of data, is told', async () => {
  const { page, close } = await testEnv.visit('#/');
  await isLive(page);
  expect(await textOf(page)).toContain('Nothing is late, failed, partial or quarantined.');
  const changes = async () => (await testEnv.rows('select from ops.change')).length;
  const before = await changes();
  testEnv.simulator.faults.add({ name: 'status', day: YESTERDAY, code: 500 });
  await testEnv.load(YESTERDAY, YESTERDAY);
  await expect.poll(() => textOf(page), SOON).toContain('Yesterday, Tue 3 Nov\nfailed');
  expect(await textOf(page)).toContain('1 day failed');
  expect(await changes()).toBe(before);
  await close();
});

test('when nobody answers the view says that it is old, and goes on by itself afterwards', async () => {
  const { page, close } = await testEnv.visit('#/');
  await isLive(page);
  const shown = await page.locator('.card').count();
  await testEnv.stopServer();
  const line = page.getByRole('status').filter({ hasText: 'Old: this is what was known at' });
  await line.waitFor();
  expect(await shownIn(line)).toContain('No connection; trying again.');
  expect(await page.locator('.card').count()).toBe(shown);
  // Green is not green any more.
  expect(await page.evaluate(`getComputedStyle(document.querySelector('main > div')).filter`)).toBe(
    'grayscale(1)',
  );
  expect(await accessibilityFaults(page)).toEqual([]);
  await testEnv.startServer();
  await isLive(page);
  expect(await page.evaluate(`getComputedStyle(document.querySelector('main > div')).filter`)).toBe('none');
  await close();
});
