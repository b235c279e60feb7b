/** Does a plot draw what is there, interval by interval, and nothing else? Known values, read back from the pixels. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../../../temporal/loads.ts';
import { onPhone, shownIn } from '../../browser/page.ts';
import { areaOf, type Drawn, drawnOnCanvas, SECOND_LINE, seenOnScreen } from '../../browser/pixels.ts';
import { openWorkedPage, type WorkedPage } from '../../browser/worked-page.ts';
import { DATASET } from '../../support/test-environment.ts';

const DAY = '2026-10-13';
const MIDNIGHT = Date.parse('2026-10-12T22:00:00Z');
const HOUR = 3_600_000;
const SERIES = 'border_AT_BE';
const OTHER = 'border_AT_CZ';
/** What is published of the series by hour; hours 3 and 4 are left out. */
const HOURS = Array.from({ length: 24 }, (_, hour) => 1000 + ((hour * 700) % 3000)) as (number | null)[];
HOURS[8] = null;
/** Another one, that has what this one lacks, and lacks what it has. */
const OTHER_HOURS = HOURS.with(8, 1500).with(10, null);

const FREQUENCY = 'swissgrid.stresstest-frequency';
const FIRST_SECOND = Date.parse('2023-01-10T00:00:00+01:00');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-pixels-'));

let testEnv: WorkedPage;
beforeAll(async () => {
  testEnv = await openWorkedPage({ filesFolder: join(folder, 'texts') });
  testEnv.simulator.faults.add({ name: 'missing-hours', day: DAY, hours: [3, 4] });
  for (const [border, values] of [
    [SERIES, HOURS],
    [OTHER, OTHER_HOURS],
  ] as const)
    values.forEach((value, hour) => {
      testEnv.simulator.faults.add({ name: 'revise', day: DAY, hour, border, value });
    });
  await testEnv.load(DAY, DAY);
  const file = join(folder, 'seconds.csv');
  writeFileSync(file, `time,series,value\n${secondsOfADay().join('\n')}\n`);
  const load = await startLoad(testEnv.temporal, { dataset: FREQUENCY, file });
  expect((await load.result()).stage).toBe('loaded');
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** From 00:00 to 02:00 without 00:30 to 01:00, then the last hour: a value each second; another each quarter of an hour of the day. */
function secondsOfADay(): string[] {
  const lines = [];
  for (let second = 0; second < 86_400; second++) {
    const at = new Date(FIRST_SECOND + second * 1000).toISOString();
    if (second < 1800 || (second >= 3600 && second < 7200) || second >= 82_800) lines.push(`${at},fine,50.1`);
    if (second % 900 === 0) lines.push(`${at},coarse,49.9`);
  }
  return lines;
}

const plotOf = (dataset: string, series: readonly string[], from: string, to = from, more = '') =>
  `#/plot?dataset=${dataset}&${series.map((each) => `series=${each}`).join('&')}&from=${from}&to=${to}${more}`;

/** The columns that an interval of time covers, where the axis spans from one instant to another. */
function columnsBetween(drawn: Drawn, axis: readonly [number, number], fromMs: number, toMs: number) {
  const x = (ms: number) => Math.round(((ms - axis[0]) / (axis[1] - axis[0])) * drawn.width);
  return { left: x(fromMs), right: x(toMs), columns: drawn.columns.slice(x(fromMs), x(toMs)) };
}

/** The row of a flat line: of each column the same two pixels. The first and last column may have an upright one. */
function heightOf(columns: Drawn['columns']): number {
  const rows = new Set(columns.slice(1, -1).map((each) => each.join()));
  expect([...rows]).toEqual([expect.stringMatching(/^\d+,\d+$/)]);
  return Number([...rows][0]?.split(',')[1]);
}

async function visit(hash: string) {
  const opened = await testEnv.visit(hash);
  await opened.page.locator('.plot canvas').waitFor();
  await opened.page.locator('figure[data-drawn-ms]').waitFor();
  return opened;
}

const DAY_AXIS = [MIDNIGHT, MIDNIGHT + 24 * HOUR] as const;

describe('a day of hours', () => {
  test('each hour is flat from its start to its end at the height of its value, and a gap and a null are empty', async () => {
    const { page, complaints, close } = await visit(plotOf(DATASET, [SERIES], DAY));
    const drawn = await drawnOnCanvas(page);
    expectHours(drawn);
    await onPhone(page);
    await expect.poll(async () => (await areaOf(page)).onScreen.width).toBeLessThan(drawn.width);
    expectHours(await drawnOnCanvas(page));
    expect(complaints).toEqual([]);
    await close();
  });

  function expectHours(drawn: Drawn) {
    const hour = (n: number) =>
      columnsBetween(drawn, DAY_AXIS, MIDNIGHT + n * HOUR, MIDNIGHT + (n + 1) * HOUR);
    const [atZero, atOne] = [heightOf(hour(0).columns), heightOf(hour(1).columns)];
    const perPixel = ((HOURS[1] as number) - (HOURS[0] as number)) / (atZero - atOne);
    for (const [n, value] of HOURS.entries()) {
      const { left, columns } = hour(n);
      if (n === 3 || n === 4 || value === null) {
        // The cross of a null stands on the ground line, below every value.
        const line = columns.map((rows) => rows.filter((row) => row < drawn.height - 12));
        expect([n, line.flat()]).toEqual([n, []]);
        continue;
      }
      const expected = atZero - (value - (HOURS[0] as number)) / perPixel;
      expect(Math.abs(heightOf(columns) - expected), `hour ${n}, columns from ${left}`).toBeLessThanOrEqual(
        1,
      );
    }
    // To the last pixel of the hour before the gap, the first of the hour after it.
    expect(hour(2).columns.at(-1)?.length).toBeGreaterThan(0);
    expect(hour(5).columns[0]?.length).toBeGreaterThan(0);
    expect(hour(23).columns.at(-1)?.length).toBeGreaterThan(0);
  }

  test('the pointer reads the interval that it is in, to its last minute, and tells null from absent', async () => {
    const { page, close } = await visit(plotOf(DATASET, [SERIES], DAY));
    const readout = page.locator('.readout');
    for (const [at, text] of [
      [2.95, '13 Oct 02:00 to 03:00: border_AT_BE 2,400 MW'],
      [2.05, '13 Oct 02:00 to 03:00: border_AT_BE 2,400 MW'],
      [8.6, '13 Oct 08:00 to 09:00: border_AT_BE null'],
      [23.9, '13 Oct 23:00 to 14 Oct 00:00: border_AT_BE 2,100 MW'],
    ] as const) {
      await pointAt(page, at / 24);
      expect(await shownIn(readout)).toBe(text);
    }
    await pointAt(page, 3.5 / 24);
    // Of an instant that lies in no interval: that of the pixel.
    expect(await shownIn(readout)).toMatch(/^13 Oct 03:(29|28|30|31):\d\d: border_AT_BE absent$/);
    expect(await page.locator('.band').isVisible()).toBe(false);
    await page.mouse.move(0, 0);
    expect(await shownIn(readout)).toContain('Point at the plot');
    await close();
  });

  test('what marks the interval leaves every pixel of the line as it is', async () => {
    const { page, close } = await visit(plotOf(DATASET, [SERIES], DAY));
    await page.mouse.move(0, 0);
    const before = await seenOnScreen(page);
    await pointAt(page, 5.5 / 24);
    expect(await page.locator('.band').isVisible()).toBe(true);
    const pointed = await seenOnScreen(page);
    const band = await page.locator('.band').boundingBox();
    expect(pointed.columns).toEqual(before.columns);
    const { onScreen } = await areaOf(page);
    expect(band?.x).toBeCloseTo(onScreen.x + (5 / 24) * onScreen.width, 0);
    expect(band?.width).toBeCloseTo(onScreen.width / 24, 0);
    await close();
  });

  test('a null of one line is none of the other’s, each has its cross, and a hidden line is not drawn', async () => {
    const { page, close } = await visit(plotOf(DATASET, [SERIES, OTHER], DAY));
    const [one, other] = [await drawnOnCanvas(page), await drawnOnCanvas(page, SECOND_LINE)];
    const inside = (drawn: Drawn, hour: number) =>
      columnsBetween(drawn, DAY_AXIS, MIDNIGHT + hour * HOUR, MIDNIGHT + (hour + 1) * HOUR).columns.slice(
        2,
        -2,
      );
    const isLine = (row: number) => row < one.height - 12;
    expect(inside(one, 8).flat().some(isLine)).toBe(false);
    expect(inside(other, 8).every((rows) => rows.some(isLine))).toBe(true);
    expect(inside(other, 10).flat().some(isLine)).toBe(false);
    expect(inside(one, 10).every((rows) => rows.some(isLine))).toBe(true);
    const crosses = (drawn: Drawn, hour: number) =>
      inside(drawn, hour)
        .flat()
        .filter((row) => !isLine(row)).length;
    expect([crosses(one, 8) > 0, crosses(one, 3), crosses(one, 10), crosses(other, 10) > 0]).toEqual([
      true,
      0,
      0,
      true,
    ]);
    await page.getByRole('button', { name: OTHER, exact: true }).click();
    expect((await drawnOnCanvas(page, SECOND_LINE)).columns.flat()).toEqual([]);
    await close();
  });
});

test('asked for a year, the axis spans the year', async () => {
  const { page, close } = await visit(plotOf(DATASET, [SERIES], '2026-01-01', '2026-12-31'));
  const axis = [Date.parse('2025-12-31T23:00:00Z'), Date.parse('2026-12-31T23:00:00Z')] as const;
  const drawn = await drawnOnCanvas(page);
  const { left, right } = columnsBetween(drawn, axis, MIDNIGHT, MIDNIGHT + 24 * HOUR);
  const painted = drawn.columns.flatMap((rows, column) => (rows.length > 0 ? [column] : []));
  expect(painted.length).toBeGreaterThan(0);
  expect(Math.min(...painted)).toBeGreaterThanOrEqual(left - 1);
  expect(Math.max(...painted)).toBeLessThanOrEqual(right + 1);
  await close();
});

describe('seconds beside quarters of an hour', () => {
  const END = FIRST_SECOND + 24 * HOUR;

  test('missing seconds are not bridged, and nothing follows the last one', async () => {
    const { page, close } = await visit(plotOf(FREQUENCY, ['coarse', 'fine'], '2023-01-10', '2023-01-11'));
    const axis = [FIRST_SECOND, END + 24 * HOUR] as const;
    const fine = await drawnOnCanvas(page, SECOND_LINE);
    const of = (drawn: Drawn, from: number, to: number) =>
      columnsBetween(drawn, axis, FIRST_SECOND + from * HOUR, FIRST_SECOND + to * HOUR).columns;
    for (const [from, to] of [
      [0, 0.5],
      [1, 2],
      [23, 24],
    ] as const)
      expect(of(fine, from, to).every((rows) => rows.length === 2)).toBe(true);
    for (const [from, to] of [
      [0.5, 1],
      [2, 23],
      [24, 48],
    ] as const)
      expect([from, of(fine, from, to).flat()]).toEqual([from, []]);
    const coarse = await drawnOnCanvas(page);
    expect(of(coarse, 0, 24).every((rows) => rows.length === 2)).toBe(true);
    expect(of(coarse, 24, 48).flat()).toEqual([]);
    await close();
  });

  test('each is read with its own interval', async () => {
    const { page, close } = await visit(plotOf(FREQUENCY, ['coarse', 'fine'], '2023-01-10'));
    const readout = page.locator('.readout');
    await pointAt(page, 0.85 / 24);
    expect(await shownIn(readout)).toBe('10 Jan 2023 00:45 to 01:00: coarse 49.9 Hz, fine absent');
    await pointAt(page, 0.25 / 24);
    expect(await shownIn(readout)).toMatch(
      /^10 Jan 2023 00:1\d:\d\d to 00:1\d:\d\d: coarse 49.9 Hz, fine 50.1 Hz$/,
    );
    await close();
  });
});

/** Moves the pointer to a share of the axis. */
async function pointAt(page: Page, share: number): Promise<void> {
  const { onScreen } = await areaOf(page);
  await page.mouse.move(onScreen.x + share * onScreen.width, onScreen.y + onScreen.height / 2);
}
