/** Does every view tell what is there, on a good day, a bad day and with a thousand findings, to everybody, on any screen? */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import monitoring from '../../../datasets/jao-core/monitoring.ts';
import { noteFoundFile, rememberFiles } from '../../../db/queries/files/found-files.ts';
import { runDay } from '../../../temporal/days.ts';
import { accessibilityFaults } from '../../browser/accessibility.ts';
import { onPhone, settled, shownIn } from '../../browser/page.ts';
import { openWorkedPage, type WorkedPage } from '../../browser/worked-page.ts';
import { event } from '../../support/sample-events.ts';
import { DATASET } from '../../support/test-environment.ts';

const GOOD = '2026-11-02';
const BAD = '2026-11-03';
const LATE = '2026-11-04';
const REVISED = '2026-11-01';

let testEnv: WorkedPage;
beforeAll(async () => {
  testEnv = await openWorkedPage();
  testEnv.simulator.faults.add({ name: 'negative', day: BAD, border: 'border_DE_FR' });
  await testEnv.load(REVISED, BAD);
  testEnv.simulator.faults.add({
    name: 'revise',
    day: REVISED,
    hour: 12,
    border: 'border_AT_CZ',
    value: 777,
  });
  testEnv.simulator.faults.add({
    ...{ name: 'withdrawn', table: 'core/maxExchanges', day: LATE },
    at: '2020-01-01T00:00:00Z',
  });
  await testEnv.rerun(REVISED);
  await testEnv.load(LATE, LATE);
  await (await runDay(testEnv.temporal, { dataset: monitoring.id, day: LATE, wait: false })).result();
});
afterAll(() => testEnv.close());

const VIEWS = {
  overview: '#/',
  dataset: `#/datasets/${DATASET}`,
  'a good day': `#/datasets/${DATASET}/days/${GOOD}`,
  'a bad day': `#/datasets/${DATASET}/days/${BAD}`,
  'a late day': `#/datasets/${DATASET}/days/${LATE}`,
  'a revised day': `#/datasets/${DATASET}/days/${REVISED}`,
  plot: `#/plot?dataset=${DATASET}&series=border_AT_BE&series=border_DE_FR&from=${REVISED}&to=${BAD}`,
  'before and after': `#/plot?dataset=${DATASET}&from=${REVISED}&to=${REVISED}&gate=D-1T12:00`,
  changes: '#/changes',
  quarantine: '#/quarantine',
  notifications: '#/notifications',
  search: '#/search?q=DE%20FR',
  records: '#/datasets/checkout.events',
  'records of a year': '#/datasets/calendar.holidays',
  'a day of records': '#/datasets/checkout.events/days/2026-11-20',
  files: '#/datasets/swissgrid.frequency',
};

test.each(Object.entries(VIEWS))(
  '%s: for those who do not see it, on a phone, in the dark',
  async (_, hash) => {
    const { page, complaints, close } = await testEnv.visit(hash);
    expect(await page.locator('main .problem').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await onPhone(page);
    expect(await accessibilityFaults(page)).toEqual([]);
    const ground: string = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(Math.max(...(ground.match(/\d+/g) ?? []).map(Number))).toBeLessThan(60);
    expect(complaints).toEqual([]);
    await close();
  },
);

describe('the overview', () => {
  test('says whether yesterday is complete, what was revised and what needs somebody', async () => {
    const { page, close } = await testEnv.visit('#/');
    const text = await shownIn(page.locator('main'));
    expect(text).toContain('Yesterday, Tue 3 Nov\nquarantined, 24 points kept out, 3,576 of 3,600 values');
    expect(text).toContain('Today, Wed 4 Nov\nlate, the deadline has passed, nothing is published');
    expect(text).toContain('1 day was revised in the last 24 hours: Sun 1 Nov.');
    expect(text).toContain('24 blocking findings');
    const above = await shownIn(page.locator('#banners'));
    expect(above).toContain('Simulated data.');
    expect(above).toContain('Open for reading, on this machine only.');
    await close();
  });

  test('leads to the days, and the back button leads back', async () => {
    const { page, close } = await testEnv.visit('#/');
    const ours = page.locator(`[href*="${DATASET}"]`);
    await page
      .getByRole('link', { name: /^Yesterday/ })
      .and(ours)
      .click();
    await page.getByRole('heading', { name: 'Tuesday 3 November 2026' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Tuesday 3 November 2026');
    await page.goBack();
    await page.getByRole('heading', { name: 'Is it all here?' }).waitFor();
    await close();
  });
});

describe('the story of a day', () => {
  test('has its runs with links, findings, changes and payloads to download', async () => {
    const { page, close } = await testEnv.visit(VIEWS['a bad day']);
    expect(await shownIn(page.locator('main'))).toContain(
      'This day is quarantined, 24 points kept out, 3,576 of 3,600 values.',
    );
    await page.getByText('The data has no values of border_DE_FR.').waitFor();
    const findings = page.getByRole('region', { name: 'Findings', exact: true });
    // Days are folded side by side: whether this one is also compared with the day before it, is not said.
    expect(await findings.getByRole('row').filter({ hasText: 'block' }).count()).toBe(24);
    expect(await shownIn(findings)).toContain('border_DE_FR');
    const run = page.getByRole('link', { name: /in the Temporal Web UI/ });
    expect(await run.getAttribute('href')).toMatch(/^http:\/\/ui\.test\/day:/);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Download payload/ }).click();
    expect(await (await download).failure()).toBeNull();
    await close();
  });

  test('has what its publisher says of it, where it is late', async () => {
    const { page, close } = await testEnv.visit(VIEWS['a late day']);
    expect(await shownIn(page.locator('.explanation'))).toMatch(
      /^jao-core\.monitoring: the publisher says that "Max Exchanges \(MaxBex\)" is Pending, due 2026-11-03T10:30:00\+01:00, .* \(checked /,
    );
    await close();
  });

  test('rings what was revised and says what it was', async () => {
    const { page, close } = await testEnv.visit(VIEWS['a revised day']);
    expect(await shownIn(page.locator('main'))).toContain('1 of these changed since, ringed.');
    await page.getByText('The numbers as a table').click();
    const changed = page.locator('td.changed');
    expect(await shownIn(changed)).toMatch(/^777 was [\d,]+$/);
    await close();
  });

  test('shows times of the dataset’s zone, with UTC beside them', async () => {
    const { page, close } = await testEnv.visit(VIEWS['a good day']);
    await page.getByText('The numbers as a table').click();
    const first = page.locator('.numbers time').first();
    expect(await shownIn(first)).toBe('2 Nov 00:00');
    expect(await first.getAttribute('title')).toBe('2026-11-01T23:00:00.000Z (UTC)');
    await close();
  });
});

test('a change appears by itself where somebody looks at what changed', async () => {
  const { page, complaints, close } = await testEnv.visit('#/changes');
  await page.getByText('Live: new changes appear by themselves.').waitFor();
  const rows = page.locator('main tbody tr');
  const before = await rows.count();
  testEnv.simulator.faults.add({ name: 'revise', day: GOOD, hour: 3, border: 'border_AT_BE', value: 888 });
  await testEnv.rerun(GOOD);
  await expect.poll(() => rows.count()).toBe(before + 1);
  expect(await shownIn(rows.first())).toContain('1 value revised by up to');
  expect(complaints).toEqual([]);
  await close();
});

test('times of several datasets are told in one zone, which is named', async () => {
  const { page, close } = await testEnv.visit('#/changes');
  const head = page.getByRole('columnheader', { name: /^Known at/ });
  const first = page.locator('main tbody time').first();
  expect(await shownIn(head)).toBe('Known at (UTC)');
  const at = (await first.getAttribute('datetime')) ?? '';
  expect(await shownIn(first)).toContain(at.slice(11, 19));
  await page.getByLabel('Dataset', { exact: true }).selectOption(DATASET);
  await page.getByText('Known at (Europe/Amsterdam)').waitFor();
  const same = page.locator(`main tbody time[datetime="${at}"]`).first();
  const amsterdam = new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Europe/Amsterdam' });
  expect(await shownIn(same)).toContain(amsterdam);
  await close();
});

test('ticking a series keeps what was searched for, the focus and the way back', async () => {
  const { page, complaints, close } = await testEnv.visit(
    `#/plot?dataset=${DATASET}&from=${GOOD}&to=${GOOD}`,
  );
  await page.getByLabel('Find series').fill('nl de');
  await expect.poll(() => page.locator('.tick').count()).toBe(3);
  const box = page.getByRole('checkbox', { name: 'border_NL_DE' });
  await box.focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'border_NL_DE', exact: true }).waitFor();
  expect(await page.evaluate('document.activeElement.value')).toBe('border_NL_DE');
  expect(await page.getByLabel('Find series').inputValue()).toBe('nl de');
  expect(await page.locator('.tick').count()).toBe(3);
  expect(await shownIn(page.locator('legend'))).toBe('Series (2 chosen)');
  expect(page.url()).toContain('series=border_NL_DE');
  await page.reload();
  await settled(page);
  expect(await page.locator('.lines button').count()).toBe(2);
  await page.goBack();
  await expect.poll(() => page.locator('.lines button').count()).toBe(1);
  expect(complaints).toEqual([]);
  await close();
});

test('the search finds datasets and series', async () => {
  const { page, close } = await testEnv.visit('#/');
  await page.getByRole('searchbox', { name: 'Search datasets and series' }).fill('nl de');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'border_DE_NL' }).waitFor();
  await settled(page);
  expect(await shownIn(page.locator('main'))).toContain('No dataset has these words');
  await page.getByRole('link', { name: 'border_NL_DE' }).click();
  await page.locator('canvas').waitFor();
  expect(page.url()).toContain('series=border_NL_DE');
  await close();
});

test('the search finds datasets of records', async () => {
  const { page, complaints, close } = await testEnv.visit('#/search?q=public%20holidays');
  await page.locator('main').getByRole('link', { name: 'Public holidays' }).click();
  await page.getByRole('heading', { name: 'Public holidays' }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('files that a schedule has found are shown with what came of them; elsewhere nothing is said of files', async () => {
  const [dataset, location, signature] = ['swissgrid.frequency', '/srv/frequency/2026-11.csv', 'looks'];
  const at = new Date('2026-11-20T10:00:00Z');
  await rememberFiles(testEnv.database, dataset, [{ location, signature }], { at, settledSeconds: 60 });
  const load = {
    workflowId: 'load:1',
    runId: 'run-1',
    summary: 'no zone is stated',
    error: 'no zone is stated',
  };
  await noteFoundFile(testEnv.database, { dataset, location, signature, ...load }, at);
  const { page, complaints, close } = await testEnv.visit(`#/datasets/${dataset}`);
  const files = page.getByRole('region', { name: 'Files that a schedule has found' });
  await files.waitFor();
  expect(await shownIn(files)).toMatch(/2026-11\.csv\s+refused\s.*no zone is stated run/);
  expect(await files.getByRole('link').getAttribute('href')).toContain('load:1/run-1');
  await page.goto(page.url().replace(dataset, DATASET));
  await settled(page);
  expect(await page.getByRole('heading', { name: 'Files' }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('operators are shown who reads a dataset, others are not', async () => {
  const { page, complaints, close } = await testEnv.visit(`#/datasets/${DATASET}`);
  const readers = page.getByRole('region', { name: 'Reads by key' });
  const range = `from=${GOOD}T00:00:00Z&to=${GOOD}T01:00:00Z&series=border_AT_BE`;
  await page.evaluate(`fetch('/v1/data?dataset=${DATASET}&${range}').then((answer) => answer.text())`);
  expect(await page.getByRole('heading', { name: /Who read it/ }).count()).toBe(0);
  await page.evaluate(`sessionStorage.setItem('tidemark.key', '${await testEnv.operatorKey()}')`);
  await page.reload();
  await readers.waitFor();
  expect(await shownIn(readers)).toMatch(/without a key\s+[1-9]\d*\s+1\s/);
  await page.goto(page.url().replace(DATASET, 'checkout.events'));
  await page.getByRole('heading', { name: 'Checkout events' }).waitFor();
  await settled(page);
  // What the view itself has read counts from then on.
  await page.reload();
  await readers.waitFor();
  expect(await shownIn(readers)).toContain('night-shift key-1');
  expect(complaints).toEqual([]);
  await close();
});

test('records are told by their day, with version and fields', async () => {
  const dataset = await testEnv.foldEvents(event({ id: 'seen', user_id: 'u7', price: 12.5 }));
  const { page, complaints, close } = await testEnv.visit(`#/datasets/${dataset}/days/2026-11-20`);
  await page.getByText('seen').first().waitFor();
  const text = await shownIn(page.locator('main'));
  expect(text).toContain('This day is complete, 1 of 1 values.');
  expect(text).toContain('No run has requested this day.');
  expect(text).toMatch(/\srecords\s+202\s/);
  expect(text).toContain('12.5');
  await page.getByRole('link', { name: dataset }).click();
  await page.getByRole('heading', { name: 'Checkout events' }).waitFor();
  await page.locator('[data-day="2026-11-20"][data-state="complete"]').waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('what does not exist is said with its hint', async () => {
  const { page, close } = await testEnv.visit('#/datasets/no.such');
  expect(await shownIn(page.getByRole('alert'))).toContain(
    `the datasets are ${(await loadCatalog(datasetPlaces())).all.map(({ id }) => id).join(', ')}`,
  );
  await close();
});

test('the raw value of a finding is what the source sent', async () => {
  const day = '2026-10-30';
  testEnv.simulator.faults.add({ name: 'huge', day, border: 'border_AT_BE' });
  await testEnv.load(day, day);
  const { page, close } = await testEnv.visit(`#/datasets/${DATASET}/days/${day}`);
  const findings = page.getByRole('region', { name: 'Findings', exact: true });
  expect(new Set(await findings.locator('code.raw').allTextContents())).toEqual(new Set(['1e400']));
  expect(await shownIn(findings)).not.toContain('Infinity');
  await close();
});
