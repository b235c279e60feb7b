/** Does every view say plainly that nothing is there yet, and does the page ask for a key where one is needed? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { onPhone, shownIn } from './page.ts';
import { DATASET, openStoredPage, type StoredPage } from './stored-page.ts';

let testEnv: StoredPage;
beforeAll(async () => {
  testEnv = await openStoredPage();
});
afterAll(() => testEnv.close());

test.each([
  ['#/', 'Nothing was loaded yet.'],
  [`#/datasets/${DATASET}`, '2026: no day was requested.'],
  ['#/datasets/swissgrid.frequency', 'no day is complete'],
  [`#/datasets/${DATASET}/days/2026-11-02`, 'This day has no values.'],
  [`#/plot?dataset=${DATASET}`, 'Choose a series.'],
  ['#/changes', 'Nothing has changed.'],
  ['#/quarantine', 'Nothing of severity block is open.'],
  ['#/notifications', 'There are no open incidents.'],
  ['#/search?q=zzz', 'No series has these words'],
])('%s says "%s"', async (hash, text) => {
  const { page, complaints, close } = await testEnv.visit(hash);
  expect(await shownIn(page.locator('main'))).toContain(text);
  expect(await accessibilityFaults(page)).toEqual([]);
  await onPhone(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test('a series that nobody has published is told, and the browser notes the answer', async () => {
  const { page, complaints, close } = await testEnv.visit(`#/plot?dataset=${DATASET}&series=border_AT_BE`);
  expect(await shownIn(page.locator('main'))).toContain('jao-core.max-exchanges has no series yet');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([expect.stringContaining('status of 422')]);
  await close();
});

test('there is a way back from an address that is none', async () => {
  const { page, close } = await testEnv.visit('#/nowhere');
  expect(await shownIn(page.getByRole('alert'))).toContain('there is no view at /nowhere');
  await page.getByRole('link', { name: 'To the overview' }).click();
  await page.getByRole('heading', { name: 'Is it all here?' }).waitFor();
  await close();
});
