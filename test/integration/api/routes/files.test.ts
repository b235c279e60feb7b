/** Is what is read of datasets of files true: buckets made from rollups, coverage by each series' own step, whatever the range? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FiledPoints } from '../../../../domain/dataset/points.ts';
import { bucketsOf } from '../../../../domain/time/buckets.ts';
import { type CivilDay, dayInterval, eachDay } from '../../../../domain/time/civil-day.ts';
import { RESOLUTIONS, secondsOf } from '../../../../domain/time/resolutions.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { measure, onGrid } from '../../../support/api/measured-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { runs } from '../../../support/runs.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const zurich = sampleFiles();
const kolkata = sampleFiles({
  id: 'india.values',
  source: { id: 'india', title: 'India', link: 'http://localhost/', timeZone: 'Asia/Kolkata' },
});
/** Over a change of the clocks in Zurich. */
const DAYS = eachDay('2026-03-26', '2026-04-02');
const NOTHING_ON: CivilDay = '2026-03-31';

const quick = (day: CivilDay) => onGrid('quick', 300, (n) => (n % 7 === 0 ? null : wave(day, n)));
const slow = (day: CivilDay) => onGrid('slow', 900, (n) => (n % 11 === 3 ? undefined : wave(day, n)));
const late = (day: CivilDay) => onGrid('late', 3600, (n) => (n < 20 ? undefined : wave(day, n)));
const STEPS: Readonly<Record<string, number>> = { quick: 300, slow: 900, late: 3600 };
const wave = (day: CivilDay, n: number) =>
  Math.round(50_000 + 20 * Math.sin(n + Number(day.slice(8)))) / 1000;

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([zurich, kolkata]);
  for (const dataset of [zurich, kolkata])
    for (const day of DAYS.filter((each) => each !== NOTHING_ON))
      await measure(testEnv, dataset, day, [
        quick(day),
        slow(day),
        ...(day < '2026-03-29' ? [] : [late(day)]),
      ]);
});
afterAll(() => testEnv.close());

interface TimedRow {
  readonly ms: number;
  readonly series: string;
  readonly value: number | null;
}

function within<T extends { readonly ms: number }>(rows: readonly T[], startMs: number, endMs: number): T[] {
  return rows.filter(({ ms }) => ms >= startMs && ms < endMs);
}

async function rawRows(dataset: FiledPoints, from: Date, to: Date): Promise<TimedRow[]> {
  const range = `dataset=${dataset.id}&from=${from.toISOString()}&to=${to.toISOString()}`;
  const { text } = await testEnv.get(`/v1/data?${range}&format=ndjson`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ starts_at, series, value }) => ({ ms: Date.parse(starts_at), series, value }));
}

describe('buckets', () => {
  const FUNCTIONS = ['avg', 'min', 'max', 'sum', 'first', 'last', 'count'] as const;
  const [startMs, endMs] = [
    dayInterval(DAYS[0] ?? '', 'UTC').startMs,
    dayInterval(DAYS.at(-1) ?? '', 'UTC').endMs,
  ];
  const minutes = (endMs - startMs) / 60_000;
  /** Cut to the minute, to the hour, or at the days of a zone. */
  const edge = fc.oneof(
    fc.nat(minutes).map((n) => startMs + n * 60_000),
    fc.nat(minutes / 60).map((n) => startMs + n * 3_600_000),
    fc
      .tuple(fc.constantFrom(...DAYS), fc.constantFrom('Europe/Zurich', 'Asia/Kolkata'))
      .map(([day, zone]) => dayInterval(day, zone).startMs),
  );
  const range = fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map((edges) => edges.toSorted((a, b) => a - b).map((ms) => new Date(ms)) as [Date, Date]);

  /** Rows by start. */
  const all = new Map<string, TimedRow[]>();
  beforeAll(async () => {
    for (const dataset of [zurich, kolkata])
      all.set(
        dataset.id,
        await rawRows(dataset, new Date(startMs - 86_400_000), new Date(endMs + 86_400_000)),
      );
  });

  test('are what the rows in them make, from whatever they are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(zurich, kolkata),
        range,
        fc.constantFrom(...RESOLUTIONS),
        fc.constantFrom('Europe/Zurich', 'UTC', 'Asia/Kolkata', 'America/New_York'),
        async (dataset, [from, to], resolution, zone) => {
          const functions = FUNCTIONS.map((name) => `&function=${name}`).join('');
          const selection = `dataset=${dataset.id}&from=${from.toISOString()}&to=${to.toISOString()}`;
          const url = `/v1/data/aggregated?${selection}&resolution=${resolution}&time_zone=${zone}${functions}&limit=100000`;
          const { status, json } = await testEnv.get(url);
          if ((secondsOf(resolution) ?? 86_400) < coarsestOf(dataset, from, to)) {
            expect(json).toMatchObject({ status: 422, errors: [{ field: 'resolution', value: resolution }] });
            return;
          }
          expect(status).toBe(200);
          const rows = within(all.get(dataset.id) ?? [], from.getTime(), to.getTime());
          const buckets = [...bucketsOf(resolution, zone, { startMs: from.getTime(), endMs: to.getTime() })];
          const series = [...new Set(rows.map((row) => row.series))].sort();
          expect(json.data).toHaveLength(buckets.length * series.length);
          const grids = new Map(series.map((name) => [name, gridOf(dataset, name)]));
          const expected = buckets.flatMap((bucket) => {
            const inside = within(rows, bucket.startMs, bucket.endMs);
            return series.map((name) => modelOf(bucket, name, inside, grids.get(name) ?? []));
          });
          expect(json.data).toEqual(expected);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  /** How far apart the points of a series are at most, on the days that a range touches. */
  function coarsestOf({ source }: FiledPoints, from: Date, to: Date): number {
    const days = DAYS.filter((day) => {
      const { startMs, endMs } = dayInterval(day, source.timeZone);
      return day !== NOTHING_ON && startMs < to.getTime() && endMs > from.getTime();
    });
    if (days.length === 0) return 0;
    return days.some((day) => day >= '2026-03-29') ? 3600 : 900;
  }

  function modelOf(
    { startMs, endMs }: { startMs: number; endMs: number },
    series: string,
    rows: readonly TimedRow[],
    grid: readonly number[],
  ) {
    const values = rows.flatMap((row) => (row.series === series && row.value !== null ? [row.value] : []));
    const sum = values.reduce((total, value) => total + value, 0);
    const some = values.length > 0;
    return {
      ...{ bucket: new Date(startMs).toISOString(), ends_at: new Date(endMs).toISOString(), series },
      // Sums of sums are rounded elsewhere; everything else is exact.
      avg: some ? expect.closeTo(sum / values.length, 9) : null,
      sum: some ? expect.closeTo(sum, 6) : null,
      min: some ? Math.min(...values) : null,
      max: some ? Math.max(...values) : null,
      ...{
        first: values[0] ?? null,
        last: values.at(-1) ?? null,
        count: values.length,
        points: values.length,
      },
      expected: grid.filter((ms) => ms >= startMs && ms < endMs).length,
    };
  }

  /** Starts of the points that a series has when none is missing, of the days it has. */
  function gridOf({ source }: FiledPoints, series: string): number[] {
    const step = STEPS[series] ?? 1;
    const days = DAYS.filter((day) => day !== NOTHING_ON && (series !== 'late' || day >= '2026-03-29'));
    return days.flatMap((day) => {
      const { startMs, endMs } = dayInterval(day, source.timeZone);
      return Array.from({ length: (endMs - startMs) / (step * 1000) }, (_, n) => startMs + n * step * 1000);
    });
  }

  test('of one series are as fine as it is, from its values', async () => {
    const url = `/v1/data/aggregated?dataset=${zurich.id}&from=2026-03-29T20:00:00Z&to=2026-03-29T21:00:00Z`;
    const alone = await testEnv.get(`${url}&series=quick&resolution=5m&function=mean&function=count`);
    const rows = within(
      all.get(zurich.id) ?? [],
      Date.parse('2026-03-29T20:00Z'),
      Date.parse('2026-03-29T21:00Z'),
    );
    const values = rows.filter(({ series }) => series === 'quick').map(({ value }) => value);
    expect(alone.json.data.map(({ avg }: { avg: number }) => avg)).toEqual(values);
    expect(alone.json.data).toHaveLength(12);
    const together = await testEnv.get(`${url}&resolution=5m`);
    expect(together.json.errors).toEqual([
      {
        ...{ field: 'resolution', value: '5m' },
        hint: 'the points of late are 3600 s apart on these days; write PT1H or longer, or with "series" those that are finer',
      },
    ]);
  });

  test('as known at an instant are read from the values', async () => {
    const url = `/v1/data/aggregated?dataset=${zurich.id}&from=2026-03-28&to=2026-03-30&resolution=P1D&function=count`;
    const before = await testEnv.get(`${url}&as_of=2026-10-31T00:00:00Z`);
    expect(before.json.data).toEqual([]);
    const after = await testEnv.get(`${url}&as_of=2026-11-02T00:00:00Z`);
    expect(after.json.data).toEqual((await testEnv.get(url)).json.data);
    expect(after.json.data).toHaveLength(9);
  });
});

describe('rows', () => {
  test('come whole and in order, in pages too, though a day has more of them than a chunk', async () => {
    const dense = sampleFiles({ id: 'measured.dense' });
    const other = await openFoldedEnvironment([dense]);
    const seconds = (name: string) => onGrid(name, 8, (n) => n / 8);
    await measure(other, dense, '2026-02-03', [seconds('a'), seconds('b')]);
    await measure(other, dense, '2026-02-05', [onGrid('a', 900, (n) => n)]);
    const url = `/v1/data?dataset=${dense.id}&from=2026-01-01&to=2026-03-01`;
    const { text } = await other.get(`${url}&format=csv`);
    const lines = text.trimEnd().split('\n').slice(1);
    expect(lines).toHaveLength(2 * 10_800 + 96);
    expect(new Set(lines).size).toBe(lines.length);
    const keys = lines.map((line) => line.split(',').slice(1, 3).join(' '));
    expect(keys).toEqual(keys.toSorted());
    expect(await rowsOfPages(other.get, `${url}&limit=10000`)).toHaveLength(lines.length);
    await other.close();
  });
});

describe('coverage', () => {
  const coverage = async (query: string) =>
    (await testEnv.get(`/v1/datasets/${zurich.id}/coverage?${query}`)).json;
  interface Gap {
    readonly reason: string;
    readonly points: number;
    readonly series: string[];
    readonly from: string;
    readonly to: string;
  }

  test('keeps the law, with each series by its own step, and agrees with the ledger', async () => {
    const answer = await coverage('from=2026-03-26&to=2026-04-02');
    const points = answer.data.reduce((sum: number, gap: Gap) => sum + gap.points, 0);
    expect(answer.expected_points).toBe(answer.present_points + points);
    const [ledger] = await testEnv.rows<{ expected: number; present: number }>(
      `select sum(expected_points)::int as expected, sum(present_points)::int as present
       from ops.delivery_day where dataset = $1`,
      [zurich.id],
    );
    expect(answer).toMatchObject({ expected_points: ledger?.expected, present_points: ledger?.present });
    expect(answer.data.filter((gap: Gap) => gap.reason === 'not loaded')).toMatchObject([
      { from: '2026-03-30T22:00:00.000Z', to: '2026-03-31T22:00:00.000Z', points: 0 },
    ]);
  });

  test('names holes at both ends of a day, nulls, and what is quarantined', async () => {
    const day = '2026-04-10';
    const hole = (n: number) => n < 2 || n === 40 || (n >= 50 && n < 53) || n >= 94;
    await measure(testEnv, zurich, day, [
      onGrid('slow', 900, (n) => (hole(n) ? undefined : n === 10 || n === 11 ? null : 1)),
    ]);
    await testEnv.rows(
      `insert into ops.finding (dataset, day, series, starts_at, rule, severity, points, reason, found_at)
       values ($1, $2, 'slow', timestamptz '2026-04-09T22:00:00Z' + 51 * interval '15 minutes', 'range', 'block', 1, '', now())`,
      [zurich.id, day],
    );
    const { data, expected_points } = await coverage(`from=${day}&to=${day}`);
    const start = Date.parse('2026-04-09T22:00:00Z');
    const slots = (data as Gap[]).map(({ from, to, reason, points }) => [
      ...[(Date.parse(from) - start) / 900_000, (Date.parse(to) - start) / 900_000],
      ...[reason, points],
    ]);
    expect(slots).toEqual([
      [0, 2, 'missing', 2],
      [10, 12, 'null', 2],
      [40, 41, 'missing', 1],
      [50, 51, 'missing', 1],
      [51, 52, 'quarantined', 1],
      [52, 53, 'missing', 1],
      [94, 96, 'missing', 2],
    ]);
    expect(expected_points).toBe(96);
  });
});

describe('intervals that do not fit into an hour or a day', () => {
  const uneven = sampleFiles({ id: 'measured.uneven' });
  const days = ['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-25'];
  const range = (path: string, from: string, to: string) => `/v1/${path}from=${from}&to=${to}`;
  let other: FoldedEnvironment;
  beforeAll(async () => {
    other = await openFoldedEnvironment([uneven]);
    for (const day of days) await write(day, () => true);
  });
  afterAll(() => other.close());

  /** Every 7 s and every 2 h since 1970, whatever the clocks say. */
  async function write(day: CivilDay, isThere: (n: number) => boolean): Promise<void> {
    const { startMs, endMs } = dayInterval(day, uneven.source.timeZone);
    const series = [7, 7200].map((step) => {
      const from = Math.ceil(startMs / 1000 / step) * step - startMs / 1000;
      const all = Array.from({ length: Math.ceil(((endMs - startMs) / 1000 - from) / step) }, (_, n) => n);
      const at = all.filter(isThere).map((n) => from + n * step);
      return { series: `s${step}`, at, values: at.map((_, n) => n) };
    });
    await measure(other, uneven, day, series);
  }

  test('nothing is missing that was never there: not on days of 23 and 25 hours either', async () => {
    const path = `datasets/${uneven.id}/coverage?`;
    for (const [from, to] of [days.slice(0, 1), days.slice(1, 3), days.slice(3)] as string[][]) {
      const covered = (await other.get(range(path, from ?? '', to ?? from ?? ''))).json;
      expect(covered.data).toEqual([]);
      expect(covered.expected_points).toBe(covered.present_points);
    }
    const states = await other.rows(`select distinct state from ops.delivery_day where dataset = $1`, [
      uneven.id,
    ]);
    expect(states).toEqual([{ state: 'complete' }]);
  });

  test.each(['PT10S&series=s7', 'PT1H&series=s7', 'PT2H', 'P1D', 'P1M'])(
    'buckets of %s expect what they have',
    async (resolution) => {
      const url = range(`data/aggregated?dataset=${uneven.id}&`, '2026-03-28', '2026-03-30');
      const { data } = (await other.get(`${url}&resolution=${resolution}&function=count&limit=100000`)).json;
      const wrong = data.filter((row: { points: number; expected: number }) => row.points !== row.expected);
      expect(data.length).toBeGreaterThan(1);
      expect(wrong).toEqual([]);
    },
  );

  test('what is missing is told, at both ends too', async () => {
    await write('2026-03-30', (n) => n !== 0 && n !== 5 && n < 11);
    const { data, expected_points, present_points } = (
      await other.get(range(`datasets/${uneven.id}/coverage?`, '2026-03-30', '2026-03-30'))
    ).json;
    const points = data.map((gap: { series: string[]; points: number }) => [gap.series[0], gap.points]);
    expect(points.filter(([series]: [string]) => series === 's7200')).toEqual([
      ['s7200', 1],
      ['s7200', 1],
      ['s7200', 1],
    ]);
    expect(expected_points - present_points).toBe(
      points.reduce((sum: number, [, n]: [string, number]) => sum + n, 0),
    );
  });
});

describe('the catalogue', () => {
  test('lists it with what there is of it, and nothing of what only polled datasets have', async () => {
    const entry = (await testEnv.get(`/v1/datasets/${zurich.id}`)).json;
    expect(entry).toMatchObject({
      ...{
        shape: 'points',
        ingestion: ['files'],
        resolution_seconds: 1,
        resolution_minutes: 1 / 60,
        calendar: null,
      },
      freshness: { newest_due_day: null, days_behind: null },
      lineage: { source: { quota: null } },
    });
    expect((await testEnv.get('/v1/datasets')).json.data).toHaveLength(2);
    for (const { relation, columns } of entry.relations.filter(
      ({ relation }: { relation: string }) => !relation.includes('('),
    )) {
      const stored = await testEnv.rows<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, null) as type from pg_attribute
         where attrelid = $1::regclass and attnum > 0 order by attnum`,
        [relation],
      );
      expect(columns.map(({ name, type }: Record<string, string>) => ({ name, type }))).toEqual(stored);
    }
    for (const { sql } of entry.sample_queries) expect((await testEnv.rows(sql)).length).toBeGreaterThan(0);
  });

  test('its other routes answer too', async () => {
    const base = `/v1/datasets/${zurich.id}`;
    const day = (await testEnv.get(`${base}/days/2026-03-28`)).json;
    expect(day).toMatchObject({ intervals: null, due: 'due', state: 'partial' });
    const days = (await testEnv.get(`${base}/days`)).json;
    expect(days.to >= '2026-04-02').toBe(true);
    expect((await testEnv.get(`${base}/days/2026-03-31`)).json.summary).toContain('tidemark load');
    expect((await testEnv.get(`${base}/statistics`)).json).toMatchObject({
      publication: null,
      settling: null,
    });
    expect((await testEnv.get(`${base}/series`)).json.data).toHaveLength(3);
    const at = '2026-03-28T00:15:00Z';
    expect(
      (await testEnv.get(`/v1/versions?dataset=${zurich.id}&series=slow&at=${at}`)).json.data,
    ).toHaveLength(1);
    const explained = await testEnv.get(`/v1/explain?dataset=${zurich.id}&series=slow&at=${at}`);
    expect(explained.json.versions).toMatchObject([{ place: null }]);
    const refused = await testEnv.post(`${base}/days/rerun`, { days: ['2026-03-28'] });
    expect(refused.status).toBe(401);
  });
});
