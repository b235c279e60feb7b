/** Does a plot show many points, tell null from absent, and say the same numbers in words? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults } from '../../browser/accessibility.ts';
import { shownIn } from '../../browser/page.ts';
import { DATASET, openStoredPage, type StoredPage } from '../../browser/stored-page.ts';

const POINTS = 100_000;
const SERIES = ['border_AT_BE', 'border_AT_CZ', 'border_AT_DE'];

let testEnv: StoredPage;
beforeAll(async () => {
  testEnv = await openStoredPage();
  const [payload] = await testEnv.rows<{ id: number }>(
    `insert into ops.payload
       (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
     values ($1, '2022-06-09', '2022-06-08T08:30:00Z', now(), sha256('x'), '/', 200, '{}', 1, 'identity', 'x')
     returning id`,
    [DATASET],
  );
  await testEnv.rows(
    `with published as (
       insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points, known_at)
       values ($1, '2022-06-09', $3, 'published', 1, 0, 0, '2022-06-08T08:30:00Z') returning id
     ), known as (
       insert into ops.series (dataset, series, attributes, first_payload_id)
       select $1, unnest($2::text[]), '{}', $3 returning id
     )
     insert into store.jao_core__max_exchanges (series_id, starts_at, delivery_day, value, change_id)
     select known.id, starts_at, (starts_at at time zone 'Europe/Amsterdam')::date,
       case when hour in (20, 21) then null else 4000 + 1500 * sin(hour / 40.0 + known.id) end, published.id
     from published, known, generate_series(0, $4) as hour, lateral (select '2022-06-08T22:00:00Z'::timestamptz + hour * interval '1 hour' as starts_at) at
     where hour not between 30 and 35`,
    [DATASET, SERIES, payload?.id, Math.ceil(POINTS / SERIES.length) + 6],
  );
  await testEnv.rows(
    `insert into ops.delivery_day (dataset, day, state, expected_points, present_points)
     select $1, delivery_day, 'complete', count(*), count(value) from store.jao_core__max_exchanges group by delivery_day`,
    [DATASET],
  );
});
afterAll(() => testEnv.close());

const question = (from: string, to: string) =>
  `#/plot?dataset=${DATASET}&${SERIES.map((each) => `series=${each}`).join('&')}&from=${from}&to=${to}`;

test('a hundred thousand points are drawn', async () => {
  const { page, complaints, close } = await testEnv.visit('#/search?q=AT');
  const began = performance.now();
  await page.evaluate(`location.hash = ${JSON.stringify(question('2022-06-09', '2026-04-01'))}`);
  await page.locator('canvas').waitFor();
  const took = Math.round(performance.now() - began);
  const count = Number(await page.locator('.series-plot').getAttribute('data-points'));
  expect(count).toBeGreaterThanOrEqual(POINTS);
  const drawn = await page.locator('figure[data-drawn-ms]').getAttribute('data-drawn-ms');
  console.log(`${count} points: ${took} ms from the address to the plot, ${drawn} ms of it to draw`);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test('null and absent are gaps, and the table tells them apart', async () => {
  const { page, close } = await testEnv.visit(question('2022-06-09', '2022-06-10'));
  await page.getByText('The numbers as a table').click();
  const rows = page.locator('.numbers tbody tr');
  await rows.first().waitFor();
  // 48 hours, six of them absent from every series.
  expect(await rows.count()).toBe(42);
  const eight = rows.filter({ hasText: '9 Jun 2022 20:00' });
  expect((await shownIn(eight)).split('\t').slice(1)).toEqual(['null', 'null', 'null']);
  const [columns, absent]: number[] = await page.evaluate(
    `(() => { const at = [...document.querySelectorAll('.numbers time')].map((each) => Date.parse(each.dateTime));
       return [document.querySelectorAll('.numbers thead th').length, Math.max(...at.slice(1).map((each, n) => each - at[n]))]; })()`,
  );
  expect([columns, absent]).toEqual([4, 7 * 3_600_000]);
  await close();
});

test('on a day with 25 hours the table tells the two hours of one name apart', async () => {
  const { page, close } = await testEnv.visit(question('2022-10-30', '2022-10-30'));
  await page.getByText('The numbers as a table').click();
  const times = page.locator('.numbers tbody time');
  await times.first().waitFor();
  const names = await times.allInnerTexts();
  expect([names.length, new Set(names).size]).toEqual([25, 25]);
  expect(names.slice(1, 5)).toEqual([
    ...['30 Oct 2022 01:00', '30 Oct 2022 02:00 CEST', '30 Oct 2022 02:00 CET', '30 Oct 2022 03:00'],
  ]);
  await close();
});

test('instants in texts and in fields of records are on the clocks of the dataset', async () => {
  const outages = 'entsoe.generation-outages';
  await testEnv.rows(
    `with brought as (
       insert into ops.change (dataset, day, kind, new_points, revised_points, nulled_points)
       values ($1, '2022-06-09', 'published', 1, 0, 0) returning id
     ), counted as (
       insert into ops.delivery_day (dataset, day, state, expected_points, present_points) values ($1, '2022-06-09', 'complete', 1, 1)
     )
     insert into store.entsoe__generation_outages (key, starts_at, delivery_day, version, body, revision, change_id)
     select 'one', '2022-06-09T21:15:00Z', '2022-06-09', 1, '{"ends_at": "2022-06-10T18:15:00.000Z", "status": "A05"}', 0, id from brought`,
    [outages],
  );
  const { page, close } = await testEnv.visit(`#/datasets/${outages}`);
  const row = page.getByRole('row').filter({ hasText: /^one/ });
  await row.waitFor();
  expect(await shownIn(row)).toMatch(/^one\s+9 Jun 2022 23:15\s.*10 Jun 2022 20:15/s);
  expect(await shownIn(row)).not.toContain('.000Z');
  const told = await page.evaluate(
    `import('/time.js').then(({ inZone }) => inZone('from 2022-06-09T21:15:00.000Z, 2022-10-30T01:00Z', 'Europe/Brussels')
       .map((each) => each.textContent ?? each).join(''))`,
  );
  expect(told).toBe('from 9 Jun 2022 23:15, 30 Oct 2022 02:00 CET');
  await close();
});

test('beside a gate it says on how many days the comparison rests', async () => {
  const { page, close } = await testEnv.visit(`${question('2022-06-09', '2022-06-10')}&gate=D-1T12:00`);
  const facts = page.locator('.series-plot .facts');
  await facts.waitFor();
  const text = await shownIn(facts);
  expect(text).toContain('1 of 2 days were recorded by the gate. Recorded since 8 Jun 2022 10:30.');
  expect(text).toMatch(/None of these has changed since[.;]/);
  await close();
});

test('an as-of before anything was known shows nothing then, and a wrong gate says its hint', async () => {
  const { page, close } = await testEnv.visit(`${question('2022-06-09', '2022-06-10')}&gate=noon`);
  expect(await shownIn(page.getByRole('alert'))).toContain('write a gate relative to the delivery day');
  await page.getByLabel('Gate: time relative to each day').fill('D-2T06:00');
  await page.keyboard.press('Enter');
  await page.locator('canvas').waitFor();
  expect(await shownIn(page.locator('.series-plot .facts'))).toContain(
    '; 0 values known at D-2T06:00 of each day, dashed. Nothing was known then: knowledge begins later. ',
  );
  await close();
});
