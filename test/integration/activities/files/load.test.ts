/** Files of lines, loaded by real workers into a real database: what is written, what is not, and that a rebuild agrees. */
import { utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressOldValues } from '../../../../db/queries/operation/retention.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { startDecision } from '../../../../temporal/decisions.ts';
import {
  DATASET,
  type Loading,
  linesOf,
  openLoading,
  RELATION,
  STEP_MS,
  textOf,
} from '../../../support/loading.ts';
import { runs } from '../../../support/runs.ts';
import type { TestEnvironment } from '../../../support/test-environment.ts';

let loading: Loading;
let testEnv: TestEnvironment;

beforeAll(async () => {
  loading = await openLoading();
  ({ testEnv } = loading);
});
afterAll(() => loading?.close());

const fileOf: Loading['fileOf'] = (content, extension) => loading.fileOf(content, extension);
const load: Loading['load'] = (file, more) => loading.load(file, more);
const differences: Loading['differences'] = (from, to) => loading.differences(from, to);

async function ledger(from: string, to = from) {
  return await testEnv.rows<Record<string, unknown>>(
    `select day, state, expected_points, present_points, quarantined_points, revision, workflow_id
     from ops.delivery_day where dataset = $1 and day between $2 and $3 order by day`,
    [DATASET, from, to],
  );
}

describe('a file', () => {
  const text = textOf(['time,frequency', ...linesOf('2023-01-10', 3)]);
  let file: string;

  it('is written day by day, with ledger, change feed, rollups and lineage', async () => {
    file = fileOf(text);
    const { summary, stage: ended } = await load(file);
    expect({ ended, summary }).toEqual({
      ended: 'loaded',
      summary: '432 lines: points 432 new; days 3 complete',
    });
    expect(await ledger('2023-01-10', '2023-01-12')).toMatchObject(
      ['2023-01-10', '2023-01-11', '2023-01-12'].map((day) => ({
        ...{ day, state: 'complete', expected_points: 144, present_points: 144 },
        workflow_id: expect.stringMatching(/^load:swissgrid.stresstest-frequency:1.csv:[0-9a-f]{6}$/),
      })),
    );
    expect(
      await testEnv.rows(`select kind, new_points from ops.change where dataset = $1 order by cursor`, [
        DATASET,
      ]),
    ).toEqual(Array.from({ length: 3 }, () => ({ kind: 'published', new_points: 144 })));
    const [hour] = await testEnv.rows(
      `select count, first, last from swissgrid.stresstest_frequency_hourly where starts_at = '2023-01-10T00:00Z'`,
    );
    expect(hour).toEqual({ count: 6, first: 50.00006, last: 50.00011 });
    const [part] = await testEnv.rows(
      `select byte_from, byte_to, first_line from ops.payload where dataset = $1 and day = '2023-01-11'`,
      [DATASET],
    );
    const second = text.indexOf('2023-01-10T23:00:00Z');
    expect(part).toEqual({
      byte_from: second,
      byte_to: text.indexOf('2023-01-11T23:00:00Z'),
      first_line: 146,
    });
  });

  it('is what a rebuild makes of its bytes', async () => {
    expect(await differences('2023-01-10', '2023-01-12')).toBe(
      '3 of 3 days looked at, nothing changed, 0 would differ [[],{}]',
    );
  });

  it('is not loaded again: by its place, by its content, or packed', async () => {
    const runs = [await load(file), await load(file, { verify: true })];
    runs.push(await load(fileOf(gzipSync(text), 'csv.gz')));
    utimesSync(file, new Date(), new Date());
    runs.push(await load(file));
    expect(runs.map((run) => run.stage)).toEqual(['known', 'known', 'known', 'known']);
    const [counted] = await testEnv.rows(`select count(*) as n from ops.payload where dataset = $1`, [
      DATASET,
    ]);
    expect(counted).toEqual({ n: 3 });
  });

  it('folds like any later payload when it comes corrected', async () => {
    const at = '2023-01-11T05:00:00Z';
    const corrected = text.replace(new RegExp(`${at},.*`), `${at},49.95`);
    const { summary } = await load(fileOf(corrected));
    expect(summary).toBe('432 lines: points 1 changed, 431 unchanged; days 1 complete');
    expect(await ledger('2023-01-10', '2023-01-12')).toMatchObject([
      { revision: 0 },
      { revision: 1 },
      { revision: 0 },
    ]);
    const versions = await testEnv.rows<{ value: number; known_to: Date | null }>(
      `select value, known_to from swissgrid.stresstest_frequency_versions where starts_at = $1 order by known_from`,
      [at],
    );
    expect(versions).toEqual([
      { value: 50.0018, known_to: expect.any(Date) },
      { value: 49.95, known_to: null },
    ]);
    const [day] = await testEnv.rows(
      `select min from swissgrid.stresstest_frequency_daily where delivery_day = '2023-01-11'`,
    );
    expect(day).toEqual({ min: 49.95 });
    expect(await differences('2023-01-10', '2023-01-12')).toContain('0 would differ');
  });

  it('that has other bytes now is refused by a rebuild, with the place and the hint', async () => {
    writeFileSync(file, text.replaceAll('50.0', '51.0'));
    expect(await differences('2023-01-10', '2023-01-10')).toMatch(
      /FILE_CHANGED: bytes 15 to \d+ of .*1.csv are not those/,
    );
    writeFileSync(file, text);
  });
});

describe('lines that cannot be used', () => {
  it('become findings with line and raw text; the others are written', async () => {
    const lines = linesOf('2023-02-01', 1);
    lines[5] = '2023-02-01T00:50:00Z,fifty';
    lines[6] = '2023-02-01T00:00:00Z,99';
    lines[7] = 'not a line';
    const { summary, result } = await load(fileOf(textOf(lines)));
    expect(summary).toContain('refused');
    expect(result.days).toEqual({ quarantined: 1 });
    const findings = await testEnv.rows<{ rule: string }>(
      `select rule, severity, place, raw from ops.finding where dataset = $1 and day = '2023-02-01' and severity = 'block' order by place`,
      [DATASET],
    );
    expect(findings).toEqual([
      { rule: 'unreadable_value', severity: 'block', place: 'line 6', raw: '2023-02-01T00:50:00Z,fifty' },
      { rule: 'range', severity: 'block', place: 'line 7', raw: '99' },
      { rule: expect.stringMatching(/^unreadable/), severity: 'block', place: 'line 8', raw: 'not a line' },
    ]);
    expect(await differences('2023-02-01', '2023-02-01')).toContain('0 would differ');
  });

  it('beyond those that are told one by one stay quarantined, whatever is decided about these', async () => {
    const day = '2023-02-05';
    const held = fileOf(textOf(linesOf(day, 1, (n) => (n < 130 ? 99 : 50))));
    const points = async () => (await ledger(day))[0];
    expect((await load(held)).result).toMatchObject({ newPoints: 14, days: { quarantined: 1 } });
    expect(await differences(day, day)).toContain('0 would differ');
    const findings = await testEnv.rows<{ id: number; series: string | null }>(
      `select id, series from ops.finding where dataset = $1 and day = $2 and rule = 'range' order by id`,
      [DATASET, day],
    );
    expect(findings).toHaveLength(101);
    const by = { dataset: DATASET, day, decision: 'release', reason: 'it was so', by: 'anna' } as const;
    await (await startDecision(testEnv.temporal, { ...by, findings: [findings[0]?.id ?? 0] })).result();
    expect(await points()).toMatchObject({ present_points: 15, quarantined_points: 129 });
    await expect(
      (await startDecision(testEnv.temporal, { ...by, rule: 'range' })).result(),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('names no single point') } });
    // The same over values that were good: these stay, and nobody says that they are no longer in the file.
    const good = textOf(linesOf(day, 1, () => 50.01));
    await load(fileOf(good));
    await load(fileOf(textOf(linesOf(day, 1, (n) => (n < 130 ? 98 : 50.01)))));
    expect(await points()).toMatchObject({ present_points: 144, quarantined_points: 130 });
    expect(
      await testEnv.rows(`select 1 from ops.finding where dataset = $1 and day = $2 and rule = 'vanished'`, [
        DATASET,
        day,
      ]),
    ).toEqual([]);
    expect(await differences(day, day)).toContain('0 would differ');
  });

  it('stop the load when they are too many, and nothing of their range is written', async () => {
    const lines = linesOf('2023-02-10', 2).map((line, n) => (n % 10 === 0 ? line.replace(',', ',x') : line));
    const { stage: ended, summary } = await load(fileOf(textOf(lines)), { maxRefused: 20 });
    expect(ended).toBe('stopped');
    expect(summary).toMatch(
      /TOO_MANY_REFUSED: 29 lines were refused, 20 more were allowed \(29 unreadable_value: line 1: /,
    );
    expect(await ledger('2023-02-10', '2023-02-11')).toEqual([]);
    const allowed = await load(fileOf(textOf(lines)), { maxRefused: 29 });
    expect(allowed.stage).toBe('loaded');
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['a file that is no text', Buffer.from([0x00, 0x01, 0x02, 0x0a, 0x00]), 'text'],
    ['a file without a time', 'a,b\nc,d\n', 'time'],
  ])('%s is refused with a message', async (_, content, summary) => {
    await expect(load(fileOf(content))).rejects.toMatchObject({
      cause: { message: expect.stringContaining(summary) },
    });
  });

  it('a file that is not there is refused with the hint', async () => {
    await expect(load('/nowhere/frequency.csv')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('put it where they can read it') },
    });
  });

  it('a stated distance of points that is another one stops the load', async () => {
    const { summary } = await load(fileOf(textOf(linesOf('2023-03-01', 1))), { resolutionSeconds: 1 });
    expect(summary).toContain('frequency has a point every 600 s on 2023-03-01, stated were 1 s');
  });
});

it.each([
  ['7 s', 7],
  ['2 hours', 7200],
])('points every %s make complete days, whenever in the day they begin', async (_, step) => {
  const first = step === 7 ? '2023-05-01' : '2023-03-25';
  const [startMs, endMs] = [Date.parse(`${first}T00:00:00Z`), Date.parse(`${addDays(first, 4)}T00:00:00Z`)];
  const from = Math.ceil(startMs / 1000 / step) * step * 1000;
  const lines = Array.from({ length: Math.ceil((endMs - from) / step / 1000) }, (_, n) => {
    return `${new Date(from + n * step * 1000).toISOString().slice(0, 19)}Z,50`;
  });
  await load(fileOf(textOf(lines)), step === 7 ? { resolutionSeconds: step } : {});
  const [last, days] = [addDays(first, 3), (await ledger(addDays(first, 1), addDays(first, 3))) as object[]];
  expect(days).toMatchObject(['complete', 'complete', 'complete'].map((state) => ({ state })));
  const found = await testEnv.rows(
    `select rule, reason from ops.finding where dataset = $1 and day between $2 and $3 and severity <> 'info'`,
    [DATASET, addDays(first, 1), last],
  );
  expect(found).toEqual([]);
  expect(await differences(first, last)).toContain('0 would differ');
});

/** Days of lines as they may come: broken, twice, missing, out of order, over both changes of the clocks. */
const oddFile = fc
  .record({
    first: fc.constantFrom('2024-03-30', '2024-10-26', '2024-06-01'),
    drop: fc.double({ min: 0, max: 0.2, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1e6 }),
    swap: fc.boolean(),
  })
  .map(({ first, drop, seed, swap }) => {
    let state = seed;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const startMs = Date.parse(`${first}T00:00:00Z`);
    const lines = Array.from({ length: 3 * 144 }, (_, n) => {
      const at = new Date(startMs + n * STEP_MS).toISOString().slice(0, 19);
      const odd = random();
      if (odd < drop) return [];
      if (odd > 0.98) return [`${at}Z,49.99`, `${at}Z,50.01`];
      if (odd > 0.96) return [`${at}Z,50.5`, `${at}Z,50.5`];
      if (odd > 0.94) return [`${at}Z,12`];
      if (odd > 0.92) return [`${at}Z,`];
      if (odd > 0.9) return [`${at},?`];
      return [`${at}Z,${(50 + random() / 100).toFixed(5)}`];
    }).flat();
    if (swap) [lines[3], lines[4]] = [lines[4] ?? '', lines[3] ?? ''];
    return { first, text: textOf(lines) };
  });

it('the law: whatever a file has, a load equals a rebuild, and so does a second file over it', async () => {
  await fc.assert(
    fc.asyncProperty(oddFile, oddFile, async (one, two) => {
      for (const { text } of [one, two]) {
        const { stage: ended } = await load(fileOf(text));
        expect(ended).toMatch(/loaded|known/);
      }
      for (const { first } of [one, two])
        expect(await differences(addDays(first, -1), addDays(first, 4))).toMatch(
          / 0 would differ \[\[\],\{\}\]$/,
        );
    }),
    { numRuns: runs(6) },
  );
});

describe('days that hardly move any more', () => {
  const [first, last] = ['2022-03-01', '2022-03-25'];
  const text = textOf(linesOf(first, 20));
  const [at, other] = ['2022-03-03T05:00:00Z', '2022-03-12T06:10:00Z'];

  const valuesNow = () =>
    testEnv.rows<{ starts_at: Date; value: number }>(
      `select starts_at, value from ${RELATION} where delivery_day between $1 and $2 order by 1`,
      [first, last],
    );

  /** Compresses what is old; on the Apache edition nothing is. */
  async function compress(): Promise<void> {
    const [edition] = await testEnv.rows(`select current_setting('timescaledb.license') as licence`);
    const compressed = await compressOldValues(testEnv.database, DATASET, 28);
    expect({ licence: compressed > 0 ? 'timescale' : 'apache' }).toEqual(edition);
  }

  it('are compressed where the edition can, and read as before', async () => {
    await load(fileOf(text));
    const before = await valuesNow();
    await compress();
    expect(before).toHaveLength(20 * 144);
    expect(await valuesNow()).toEqual(before);
  });

  it('take a corrected file, and days that come late beside them', async () => {
    const before = await valuesNow();
    const corrected = text
      .replace(new RegExp(`${at},.*`), `${at},49.95`)
      .replace(`${other},50.`, `${other},49.`);
    expect((await load(fileOf(corrected))).summary).toBe(
      '2880 lines: points 2 changed, 2878 unchanged; days 2 complete',
    );
    expect((await load(fileOf(textOf(linesOf('2022-03-21', 5))))).summary).toBe(
      '720 lines: points 720 new; days 5 complete',
    );
    const now = await valuesNow();
    expect(now).toHaveLength(25 * 144);
    const moved = now.filter(({ value }, n) => before[n] !== undefined && value !== before[n].value);
    expect(moved.map(({ starts_at }) => starts_at)).toEqual([new Date(at), new Date(other)]);
  });

  it('are what a rebuild makes of their bytes, and are compressed again', async () => {
    const same = '25 of 25 days looked at, nothing changed, 0 would differ [[],{}]';
    expect(await differences(first, last)).toBe(same);
    const before = await valuesNow();
    await compress();
    expect(await valuesNow()).toEqual(before);
    expect(await differences(first, last)).toBe(same);
  });
});
