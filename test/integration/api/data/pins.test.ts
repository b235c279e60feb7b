/** Does a pin give the same bytes whatever is revised later, and a refusal once the past itself is another? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRow, sampleDataset } from '../../../support/sample-dataset.ts';

const dataset = sampleDataset();
const hidden = sampleDataset({ id: 'sample.hidden', access: 'restricted' });
const DAYS = eachDay('2026-10-23', '2026-10-26');
const FORMATS = ['json', 'ndjson', 'csv', 'arrow', 'parquet'];
const QUESTION = { dataset: dataset.id, from: DAYS[0], to: DAYS.at(-1) };

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset, hidden]);
  for (const day of DAYS)
    for (const n of [1, 2]) await testEnv.publish(dataset, day, instantOf(day, n * 60), valuesOf(day, n));
});
afterAll(() => testEnv.close());

/** Minutes after the day was first published. */
const instantOf = (day: string, minutes: number) =>
  new Date(Date.parse(`${addDays(day, -1)}T09:00:00Z`) + minutes * 60_000);

function valuesOf(day: string, seed: number): SampleRow[] {
  return intervalStarts(dataset, day).flatMap((ms, hour) =>
    ['a', 'b'].map((series): SampleRow => {
      const value = (hour + seed) % 7 === 0 ? null : hour * 10 + (hour % seed === 0 ? seed : 0);
      return [series, new Date(ms).toISOString(), value];
    }),
  );
}

const pin = async (question: object) => {
  const answer = await testEnv.post('/v1/pins', { ...QUESTION, ...question });
  expect([200, 201]).toContain(answer.status);
  return answer.json;
};

const bytesOf = (id: string) =>
  Promise.all(
    [...FORMATS.map((format) => `format=${format}`), 'limit=7'].map(async (query) => {
      const { status, raw, headers } = await testEnv.get(`/v1/data?pin=${id}&${query}`);
      return { status, etag: headers.etag, bytes: raw.toString('base64') };
    }),
  );

describe('a pin', () => {
  test('gives the same bytes after any later revisions, polls and new series', async () => {
    const questions = [
      {},
      { series: ['b'] },
      { as_of: instantOf('2026-10-24', 70).toISOString() },
      { gate: 'D-1T12:30' },
      { from: '2026-10-24T13:00:00Z', to: '2026-10-25T03:00:00Z' },
    ];
    const ids = await Promise.all(questions.map(async (question) => (await pin(question)).pin));
    expect(new Set(ids).size).toBe(ids.length);
    const before = await Promise.all(ids.map(bytesOf));
    expect(before.flat().every(({ status }) => status === 200)).toBe(true);
    const event = fc.record({
      day: fc.constantFrom(...DAYS),
      seed: fc.integer({ min: 1, max: 5 }),
      series: fc.constantFrom('b', 'c', 'd'),
    });
    let minute = 5_000;
    await fc.assert(
      fc.asyncProperty(event, async ({ day, seed, series }) => {
        minute += 1;
        const rows = valuesOf(day, seed).map(
          ([name, at, value]): SampleRow => [name === 'b' ? series : name, at, value],
        );
        await testEnv.arrive(dataset, day, instantOf(day, minute), rows);
      }),
      { numRuns: runs(40) },
    );
    expect(await Promise.all(ids.map(bytesOf))).toEqual(before);
    const latest = await testEnv.get(`/v1/data?dataset=${dataset.id}&from=${DAYS[0]}&to=${DAYS.at(-1)}`);
    expect(latest.text).not.toBe(Buffer.from(before[0]?.[0]?.bytes ?? '', 'base64').toString());
  });

  test('holds the rows that were there, and says nothing that moves', async () => {
    const rows = await testEnv.get(`/v1/data?dataset=${dataset.id}&from=${DAYS[0]}&to=${DAYS[0]}`);
    const { pin: id, ...made } = await pin({ to: DAYS[0] });
    expect(made).toMatchObject({
      dataset: dataset.id,
      as_of: rows.json.meta.as_of,
      gate: null,
      rows: rows.json.data.length,
    });
    const pinned = await testEnv.get(made.url);
    expect(pinned.json.data).toEqual(rows.json.data);
    const { coverage: _, ...meta } = rows.json.meta;
    expect(pinned.json.meta).toEqual({ ...meta, latest: false, pin: id });
    expect(pinned.headers['tidemark-coverage']).toBeUndefined();
    expect((await testEnv.get(`/v1/pins/${id}`)).json).toEqual({ pin: id, ...made });
  });

  test('is the same for the same question, and its pages fit together', async () => {
    const first = await testEnv.post('/v1/pins', { ...QUESTION, series: ['b', 'a'] });
    const again = await testEnv.post('/v1/pins', { ...QUESTION, series: ['a', 'b', 'a'] });
    expect([first.status, again.status, again.json]).toEqual([201, 200, first.json]);
    const whole = await testEnv.get(first.json.url);
    expect(await rowsOfPages(testEnv.get, `${first.json.url}&limit=50`)).toEqual(whole.json.data);
    const etag = String(whole.headers.etag);
    expect((await testEnv.get(first.json.url, { 'if-none-match': etag })).status).toBe(304);
  });
});

describe('once the past is another', () => {
  test.each([
    ['the same decoder', 1, 1, 200],
    ['a newer decoder that reads the same', 2, 1, 200],
    ['a newer decoder that reads something else', 3, 2, 409],
  ])('folded again by %s it is answered so', async (_, decoderVersion, factor, expected) => {
    const day = '2026-10-24';
    const { pin: id } = await pin({ from: day, to: day });
    const before = await bytesOf(id);
    const decoder = sampleDataset({
      decoderVersion,
      decode: (body, answer) => {
        const { points, findings } = dataset.pull.decode(body, answer);
        return {
          points: points.map((point) => ({ ...point, value: point.value && point.value * factor })),
          findings,
        };
      },
    });
    await testEnv.rebuild(decoder, day);
    const after = await bytesOf(id);
    expect(after.map(({ status }) => status)).toEqual(after.map(() => expected));
    if (expected === 200) return expect(after).toEqual(before);
    const { json } = await testEnv.get(`/v1/data?pin=${id}`);
    expect(json).toMatchObject({
      status: 409,
      detail: expect.stringContaining('folded again'),
      errors: [{ field: 'pin' }],
    });
    expect((await pin({ from: day, to: day })).pin).not.toBe(id);
  });

  test('an answer that turned up late changes no pin: it is known from when it came', async () => {
    const day = DAYS[3] ?? '';
    const pinOf = (series: string) =>
      pin({ from: day, to: day, as_of: instantOf(day, 100).toISOString(), series: [series] });
    const [touched, other] = [await pinOf('a'), await pinOf('b')];
    const rows = valuesOf(day, 1).map(
      ([series, at, value]): SampleRow => [series, at, series === 'a' ? -1 : value],
    );
    await testEnv.arrive(dataset, day, instantOf(day, 90), rows);
    expect((await testEnv.get(touched.url)).status).toBe(200);
    expect((await testEnv.get(other.url)).status).toBe(200);
  });
});

describe('a wrong pin', () => {
  test.each([
    ['pin=AAAAAAAAAAAAAAAA', 404, 'pin'],
    ['pin=short', 400, 'pin'],
    ['pin=AAAAAAAAAAAAAAAA&dataset=sample.table', 422, 'dataset'],
    ['from=2026-10-23&to=2026-10-24', 422, 'dataset'],
  ])('%s is refused with %i', async (query, status, field) => {
    expect((await testEnv.get(`/v1/data?${query}`)).json).toMatchObject({ status, errors: [{ field }] });
  });

  test('nothing known, an instant ahead and a dataset that is not for the caller are refused', async () => {
    const ask = async (question: object) =>
      (await testEnv.post('/v1/pins', { ...QUESTION, ...question })).status;
    expect(await ask({ from: '2023-01-01', to: '2023-01-02' })).toBe(422);
    expect(await ask({ as_of: '2199-01-01T00:00:00Z' })).toBe(422);
    expect(await ask({ dataset: hidden.id })).toBe(404);
    expect(await ask({ colour: 'red' })).toBe(400);
  });
});
