/** Can the calendar of a year be read and walked without colours and without a mouse? */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_STATES } from '../../domain/days/ledger.ts';
import { accessibilityFaults } from './accessibility.ts';
import { onPhone, shownIn } from './page.ts';
import { DATASET, openStoredPage, type StoredPage } from './stored-page.ts';

const FIRST = '2026-10-01';

let testEnv: StoredPage;
beforeAll(async () => {
  testEnv = await openStoredPage();
  // One day in each state: how a day comes to it is not the page's affair.
  await testEnv.rows(
    `insert into ops.delivery_day
       (dataset, day, state, expected_points, present_points, quarantined_points, revision, last_changed_at, due_at, due_points)
     select $1, $2::date + (place - 1)::int, state, 3600, case state when 'complete' then 3600 else 12 end,
       case state when 'quarantined' then 2 else 0 end, case state when 'complete' then 2 else 0 end, now(),
       case state when 'in_progress' then now() end, case state when 'in_progress' then 10 end
     from unnest($3::text[]) with ordinality as s(state, place)`,
    [DATASET, FIRST, [...DAY_STATES.filter((state) => state !== 'in_progress'), 'in_progress']],
  );
});
afterAll(() => testEnv.close());

const cellOf = (page: Page, day: string) => page.locator(`.heatmap [data-day="${day}"]`);
const focusedDay = (page: Page): Promise<string> => page.evaluate('document.activeElement.dataset.day');

test('every day of the year is a cell with a summary', async () => {
  const { page, complaints, close } = await testEnv.visit(`#/datasets/${DATASET}`);
  expect(await page.getByRole('gridcell').count()).toBe(365);
  const complete = cellOf(page, '2026-10-05');
  expect(await complete.getAttribute('aria-label')).toBe(
    'Monday 5 October 2026: complete, 3,600 of 3,600 values, revised 2 times',
  );
  expect(await cellOf(page, '2026-03-29').getAttribute('aria-label')).toBe(
    'Sunday 29 March 2026: no row, never requested',
  );
  expect(complaints).toEqual([]);
  await close();
});

test('every state has a sign of its own, in the calendar and in the legend', async () => {
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}`);
  const signs: string[] = await page.evaluate(
    `[...document.querySelectorAll('.legend .sign:not(.revised)')].map((sign) => sign.dataset.state + ' ' + sign.querySelector('path').getAttribute('d'))`,
  );
  expect(signs.map((sign) => sign.split(' ')[0]).toSorted()).toEqual([...DAY_STATES, 'none'].toSorted());
  expect(new Set(signs.map((sign) => sign.replace(/^\w+ /, ''))).size).toBe(signs.length);
  const inCalendar: string[] = await page.evaluate(
    `[...new Set([...document.querySelectorAll('.heatmap .sign')].map(({ dataset }) => dataset.state))]`,
  );
  expect(inCalendar.toSorted()).toEqual([...DAY_STATES, 'none'].toSorted());
  await close();
});

test('arrow keys go from day to day and from week to week, and Enter opens the day', async () => {
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}`);
  await page.getByRole('combobox', { name: 'Year' }).focus();
  await page.keyboard.press('Tab');
  if ((await focusedDay(page)) === undefined) await page.keyboard.press('Tab');
  expect(await focusedDay(page)).toBe('2026-11-04');
  for (const [key, day] of [
    ['ArrowDown', '2026-11-05'],
    ['ArrowLeft', '2026-10-29'],
    ['ArrowUp', '2026-10-28'],
    ['ArrowRight', '2026-11-04'],
    ['PageUp', '2026-10-07'],
    ['End', '2026-12-31'],
    ['ArrowDown', '2026-12-31'],
    ['Home', '2026-01-01'],
  ] as const) {
    await page.keyboard.press(key);
    expect([key, await focusedDay(page)]).toEqual([key, day]);
  }
  expect(await page.locator('.heatmap [tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Thursday 1 January 2026' }).waitFor();
  await close();
});

test('on a phone weeks are rows: the same keys go where they point', async () => {
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}`);
  await onPhone(page);
  await cellOf(page, '2026-11-04').focus();
  await page.keyboard.press('ArrowDown');
  expect(await focusedDay(page)).toBe('2026-11-11');
  await page.keyboard.press('ArrowLeft');
  expect(await focusedDay(page)).toBe('2026-11-10');
  expect(await accessibilityFaults(page)).toEqual([]);
  await close();
});

test('another year has an address of its own', async () => {
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}?state=partial&year=2026`);
  expect(await shownIn(page.locator('.listed'))).toContain('1 partial\nSun 4 Oct');
  await close();
});
