/** Files that come again: an earlier one after another is a correction, and the same one ends at once only while it stands. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { type Loading, linesOf, openLoading, RELATION, textOf } from '../../../support/loading.ts';
import { runs } from '../../../support/runs.ts';

let loading: Loading;
beforeAll(async () => {
  // A range is some five days.
  loading = await openLoading({ rangeBytes: 20_000 });
});
afterAll(() => loading?.close());

const load: Loading['load'] = (file, more) => loading.load(file, more);
const fileOf: Loading['fileOf'] = (content, extension) => loading.fileOf(content, extension);

async function valuesOf(from: string, to = from): Promise<number[]> {
  const rows = await loading.testEnv.rows<{ value: number }>(
    `select value from ${RELATION} where delivery_day between $1 and $2 order by starts_at`,
    [from, to],
  );
  return rows.map(({ value }) => value);
}

const all = (value: number, days: number): number[] => Array.from({ length: 144 * days }, () => value);
const flat = (day: string, days: number, value: number) => textOf(linesOf(day, days, () => value));

describe('an earlier file after another one', () => {
  const [first, last] = ['2023-01-10', '2023-01-12'];
  const text = flat(first, 3, 50);
  let a: string;
  let b: string;

  it('is a correction: its values stand, as versions of their own', async () => {
    a = fileOf(text);
    b = fileOf(flat(first, 3, 50.1));
    const ended = [await load(a), await load(b), await load(a)];
    expect(ended.map(({ summary }) => summary)).toEqual([
      '432 lines: points 432 new; days 3 complete',
      '432 lines: points 432 changed; days 3 complete',
      '432 lines: points 432 changed; days 3 complete',
    ]);
    expect(await valuesOf(first, last)).toEqual(all(50, 3));
    const versions = await loading.testEnv.rows<{ value: number }>(
      `select value from swissgrid.stresstest_frequency_versions where starts_at = '2023-01-11T05:00Z' order by known_from`,
    );
    expect(versions.map(({ value }) => value)).toEqual([50, 50.1, 50]);
    expect(await loading.differences(first, last)).toContain('0 would differ [[],{}]');
  });

  it('ends at once as long as it stands, and not one moment longer', async () => {
    expect((await load(a)).stage).toBe('known');
    expect((await load(fileOf(gzipSync(text), 'csv.gz'))).stage).toBe('known');
    expect((await load(b)).summary).toBe('432 lines: points 432 changed; days 3 complete');
    expect((await load(a)).stage).toBe('loaded');
    expect((await load(a)).stage).toBe('known');
  });

  it('brings back only the days that another one has changed', async () => {
    const middle = fileOf(flat('2023-01-11', 1, 50.2));
    await load(middle);
    expect((await load(a)).summary).toBe('432 lines: points 144 changed, 288 unchanged; days 1 complete');
    expect((await load(middle)).stage).toBe('loaded');
    expect(await valuesOf(first, last)).toEqual([...all(50, 1), ...all(50.2, 1), ...all(50, 1)]);
    expect((await load(b)).stage).toBe('loaded');
    expect((await load(b)).stage).toBe('known');
    expect(await loading.differences(first, last)).toContain('0 would differ [[],{}]');
  });
});

it('a load that was stopped half-way, another file, and the first one again: it stands as a whole', async () => {
  const [first, last] = ['2023-02-01', '2023-02-12'];
  const broken = linesOf(first, 12, (n) => (n > 11 * 144 ? 'x' : 50.3));
  const a = fileOf(textOf(broken));
  const stopped = await load(a, { maxRefused: 5, concurrency: 1 });
  expect(stopped).toMatchObject({ stage: 'stopped', summary: expect.stringContaining('TOO_MANY_REFUSED') });
  const { newPoints } = stopped.result;
  expect(newPoints).toBeGreaterThan(0);
  expect((await load(fileOf(flat(first, 12, 50.4)))).stage).toBe('loaded');
  expect((await load(a)).stage).toBe('loaded');
  expect((await load(a)).stage).toBe('known');
  expect((await valuesOf(first, last)).slice(0, 11 * 144)).toEqual(all(50.3, 11));
  expect(await loading.differences(first, last)).toContain('0 would differ [[],{}]');
});

/** Which of three files comes next, and whether one that is known is read all the same. */
const history = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 3, maxLength: 6 });
/** Lines of some days of a week, some broken, in each file others. */
const weekOf = (monday: string, file: number, seed: number) => {
  const lines = linesOf(monday, 7, (n) => {
    const odd = (n * 48271 + file * 7 + seed) % 97;
    if (odd === 0) return 'x';
    return odd === 1 ? 99 : 50 + file / 100 + (n < 288 ? 0 : n / 1e5);
  });
  const [from, to] = [(file * 200 + seed) % 500, 1008 - ((file * 130 + seed) % 400)];
  return textOf(lines.slice(from, to).map((line, n) => ((n + seed) % 61 === 0 ? `${line},7` : line)));
};

it('the law: whatever files come again in whatever order, the last one stands, and a rebuild agrees', async () => {
  let week = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.nat(1000), async (steps, seed) => {
      const monday = addDays('2021-01-04', 7 * week++);
      const texts = [0, 1, 2].map((file) => weekOf(monday, file, seed));
      const paths = texts.map((text) => fileOf(text));
      const form = { columns: 2 };
      for (const [file, verify] of steps) await load(paths[file] as string, { verify, form });
      const last = paths[steps.at(-1)?.[0] ?? 0] as string;
      const now = await valuesOf(monday, addDays(monday, 6));
      expect((await load(last, { verify: true, form })).stage).toBe('known');
      expect(await loading.differences(monday, addDays(monday, 6))).toMatch(/ 0 would differ \[\[\],\{\}\]$/);
      // Into other days, by itself: what is not of the last file is kept from the ones before.
      const good = (texts[steps.at(-1)?.[0] ?? 0] as string)
        .split('\n')
        .filter((line) => /^[^,]+,50[^,]*$/.test(line));
      const stands = await loading.testEnv.rows<{ n: number }>(
        `select count(*)::int as n from ${RELATION} v join unnest($1::timestamptz[], $2::float8[]) as l(at, value)
         on v.starts_at = l.at and v.value = l.value`,
        [good.map((line) => line.split(',')[0]), good.map((line) => Number(line.split(',')[1]))],
      );
      expect(stands).toEqual([{ n: good.length }]);
      expect(now.length).toBeGreaterThanOrEqual(good.length);
    }),
    { numRuns: runs(5) },
  );
});
