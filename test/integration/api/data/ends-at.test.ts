/** Does every surface say where an interval ends, at gaps, on days of 23 and 25 hours, and for series with intervals of their own? */
import { tableFromIPC } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, dayInterval } from '../../../../domain/time/civil-day.ts';
import { intervalMs, intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { type SampleRow, sampleDataset } from '../../../support/sample-dataset.ts';

const FROM = '2022-01-01';
const hours = sampleDataset({
  id: 'sample.hours',
  resolution: [
    { from: FROM, minutes: 60 },
    { from: '2026-03-29', minutes: 30 },
    { from: '2026-10-25', minutes: 15 },
  ],
});
const days = sampleDataset({ id: 'sample.days', resolution: [{ from: FROM, minutes: 1_440 }] });
const own = sampleDataset({
  id: 'sample.own',
  ownSteps: true,
  resolution: [{ from: FROM, minutes: 15 }],
  decode: (body, answer) => {
    const { points, findings } = sampleDataset().pull.decode(body, answer);
    const ofHours = (series: string) =>
      series === 'hours' ||
      (series === 'one' && points.filter((point) => point.series === 'one').length === 1);
    return {
      points: points.map((point) => (ofHours(point.series) ? { ...point, stepMs: 3_600_000 } : point)),
      findings,
    };
  },
});

/** One before and after each clock change, and days of other lengths of intervals. */
const DAYS = ['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-24', '2026-10-25', '2026-10-26'];

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([hours, days, own]);
  for (const dataset of [hours, days])
    for (const day of DAYS) await testEnv.publish(dataset, day, before(day), withGaps(dataset, day));
  for (const day of DAYS) {
    const starts = intervalStarts(own, day);
    const full = starts.filter((_, n) => n % 4 === 0);
    await testEnv.publish(own, day, before(day), [...rows('hours', full), ...rows('quarters', starts)]);
  }
});
afterAll(() => testEnv.close());

const before = (day: string) => new Date(`${addDays(day, -1)}T09:00:00Z`);
const rows = (series: string, starts: readonly number[]) =>
  starts.map((ms): SampleRow => [series, new Date(ms).toISOString(), 1]);

/** Every third interval is missing, if there are several. */
function withGaps(dataset: typeof hours, day: string): SampleRow[] {
  const starts = intervalStarts(dataset, day);
  return rows(
    'a',
    starts.filter((_, n) => starts.length === 1 || n % 3 !== 1),
  );
}

interface Row {
  readonly delivery_day: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly series: string;
}

const lengthOf = (dataset: typeof hours, { delivery_day, series }: Row) =>
  dataset === own ? (series === 'hours' ? 3_600_000 : 900_000) : intervalMs(dataset, delivery_day);
const wanted = (dataset: typeof hours, row: Row) =>
  new Date(Date.parse(row.starts_at) + lengthOf(dataset, row)).toISOString();

const question = (dataset: typeof hours) => `dataset=${dataset.id}&from=${DAYS[0]}&to=${DAYS.at(-1)}`;

describe.each([hours, days, own])('$id', (dataset) => {
  test.each([
    ['', 'known_at'],
    ['_versions', 'known_from'],
    ['_as_of(now())', 'known_at'],
    [`_at_gate('D-1T12:00')`, 'known_at'],
  ])('SQL: %s', async (suffix) => {
    const found = await testEnv.rows<Row>(
      `select delivery_day, starts_at, ends_at, series from ${dataset.id}${suffix} order by starts_at, series`,
    );
    const told = JSON.parse(JSON.stringify(found)) as Row[];
    expect(told.length).toBeGreaterThanOrEqual(DAYS.length);
    expect(told.map(({ ends_at }) => ends_at)).toEqual(told.map((row) => wanted(dataset, row)));
  });

  test.each(['', '&as_of=2026-11-01T00:00:00Z', '&gate=D-1T12:00'])('every format: %s', async (knowledge) => {
    const ask = (format: string) =>
      testEnv.get(`/v1/data?${question(dataset)}${knowledge}&format=${format}&limit=100000`);
    const told = (await ask('json')).json.data as Row[];
    expect(told.length).toBeGreaterThanOrEqual(DAYS.length);
    const ends = told.map((row) => wanted(dataset, row));
    expect(told.map(({ ends_at }) => ends_at)).toEqual(ends);
    const csv = (await ask('csv')).text.trimEnd().split('\n');
    const gate = knowledge.startsWith('&gate') ? ',gate_at,reached' : '';
    expect(csv[0]).toBe(`delivery_day,starts_at,ends_at,series,value,known_at,payload_id${gate}`);
    expect(csv.slice(1).map((line) => line.split(',')[2])).toEqual(ends);
    const lines = (await ask('ndjson')).text.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Row).ends_at)).toEqual(ends);
    const arrow = tableFromIPC((await ask('arrow')).raw).getChild('ends_at');
    expect([...(arrow ?? [])].map((ms) => new Date(Number(ms)).toISOString())).toEqual(ends);
    const { raw } = await ask('parquet');
    const file = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer;
    const parquet = (await parquetReadObjects({ file })) as unknown as { ends_at: Date }[];
    expect(parquet.map(({ ends_at }) => ends_at.toISOString())).toEqual(ends);
  });
});

test('a day that is one interval ends with it, of 23 or 25 hours', async () => {
  const found = await testEnv.rows<{ delivery_day: string; ends_at: Date }>(
    'select delivery_day, ends_at from sample.days where delivery_day = any($1)',
    [['2026-03-29', '2026-10-25']],
  );
  for (const { delivery_day, ends_at } of found)
    expect(ends_at.getTime()).toBe(dayInterval(delivery_day, 'Europe/Amsterdam').endMs);
});

test('an interval that becomes shorter is another version, although its value is the same', async () => {
  const day = '2026-11-01';
  const starts = intervalStarts(own, day).slice(0, 4);
  const later = new Date(before(day).getTime() + 60_000);
  await testEnv.publish(own, day, before(day), rows('one', starts.slice(0, 1)));
  await testEnv.publish(own, day, later, rows('one', starts));
  const minutesIn = async (relation: string, ...values: unknown[]) => {
    const found = await testEnv.rows<{ minutes: string }>(
      `select extract(epoch from ends_at - starts_at) / 60 as minutes from ${relation}
       where delivery_day = '${day}' and starts_at = '${new Date(starts[0] ?? 0).toISOString()}' order by 1`,
      values,
    );
    return found.map(({ minutes }) => Number(minutes));
  };
  expect(await minutesIn('sample.own')).toEqual([15]);
  expect(await minutesIn('sample.own_versions')).toEqual([15, 60]);
  expect(await minutesIn('sample.own_as_of($1)', before(day))).toEqual([60]);
  expect(await testEnv.rebuild(own, day)).toMatchObject({ values: 0, versions: 0 });
});
