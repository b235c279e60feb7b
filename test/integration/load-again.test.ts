/** Files that come again: an earlier one after another is a correction, and the same one ends at once only while it stands. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATASET, type Loading, linesOf, openLoading, textOf } from './loading.ts';

let loading: Loading;
beforeAll(async () => {
  loading = await openLoading();
});
afterAll(() => loading?.close());

const load: Loading['load'] = (file, more) => loading.load(file, more);
const fileOf: Loading['fileOf'] = (content, extension) => loading.fileOf(content, extension);

async function valuesOf(from: string, to = from): Promise<number[]> {
  const rows = await loading.stage.rows<{ value: number }>(
    `select value from ${DATASET} where delivery_day between $1 and $2 order by starts_at`,
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
    expect(ended.map(({ verdict }) => verdict)).toEqual([
      '432 lines: points 432 new; days 3 complete',
      '432 lines: points 432 changed; days 3 complete',
      '432 lines: points 432 changed; days 3 complete',
    ]);
    expect(await valuesOf(first, last)).toEqual(all(50, 3));
    const versions = await loading.stage.rows<{ value: number }>(
      `select value from swissgrid.frequency_versions where starts_at = '2023-01-11T05:00Z' order by known_from`,
    );
    expect(versions.map(({ value }) => value)).toEqual([50, 50.1, 50]);
    expect(await loading.differences(first, last)).toContain('0 would differ [[],{}]');
  });

  it('ends at once as long as it stands, and not one moment longer', async () => {
    expect((await load(a)).stage).toBe('known');
    expect((await load(fileOf(gzipSync(text), 'csv.gz'))).stage).toBe('known');
    expect((await load(b)).verdict).toBe('432 lines: points 432 changed; days 3 complete');
    expect((await load(a)).stage).toBe('loaded');
    expect((await load(a)).stage).toBe('known');
  });

  it('brings back only the days that another one has changed', async () => {
    const middle = fileOf(flat('2023-01-11', 1, 50.2));
    await load(middle);
    expect((await load(a)).verdict).toBe('432 lines: points 144 changed, 288 unchanged; days 1 complete');
    expect((await load(middle)).stage).toBe('loaded');
    expect(await valuesOf(first, last)).toEqual([...all(50, 1), ...all(50.2, 1), ...all(50, 1)]);
    expect((await load(b)).stage).toBe('loaded');
    expect((await load(b)).stage).toBe('known');
    expect(await loading.differences(first, last)).toContain('0 would differ [[],{}]');
  });
});
