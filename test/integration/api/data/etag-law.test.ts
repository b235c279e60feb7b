/**
 * Is an ETag another whenever a byte of the answer is, and has the feed a row whenever a reader would read something else? Asked
 * over random histories of answers, late answers, and rebuilds by decoders that read something else.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRow, sampleDataset } from '../../../support/sample-dataset.ts';

const dataset = sampleDataset();
let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset]);
});
afterAll(() => testEnv.close());

/** Reads every value so many times as large. */
function readingBy(factor: number, decoderVersion: number): PulledPoints {
  return sampleDataset({
    decoderVersion,
    decode: (body, answer) => {
      const { points, findings } = sampleDataset().pull.decode(body, answer);
      return {
        points: points.map((p) => ({ ...p, value: p.value === null ? null : p.value * factor })),
        findings,
      };
    },
  });
}

type Event =
  | { readonly kind: 'answer'; readonly at: number; readonly values: readonly (number | null)[] }
  | { readonly kind: 'rebuild'; readonly factor: number };

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      at: fc.integer({ min: 0, max: 500 }),
      values: fc.array(fc.constantFrom(null, 1, 2, 3), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rebuild' as const), factor: fc.constantFrom(1, 2) }),
  },
);

interface Read {
  readonly text: string;
  readonly etag: string;
}

let serial = 0;
let decoderVersion = 1;

/** One history of a day: after each event the same questions are asked again. */
async function live(events: readonly Event[]): Promise<void> {
  const day = addDays('2023-01-01', serial++);
  const starts = intervalStarts(dataset, day).map((ms) => new Date(ms).toISOString());
  let current: PulledPoints = { ...dataset, decoderVersion };
  const urls = [`/v1/data?dataset=${dataset.id}&from=${day}&to=${day}`];
  const known = new Map<string, Read>();
  let feed = await cursor();
  for (const event of events) {
    if (event.kind === 'answer') {
      const rows = event.values.map((value, hour): SampleRow => ['a', starts[hour] ?? '', value]);
      const at = new Date(Date.parse(`${addDays(day, -1)}T09:00:00Z`) + event.at * 60_000 + serial);
      await testEnv.arrive(current, day, at, rows).catch(skipRepeated);
    } else {
      decoderVersion += 1;
      current = readingBy(event.factor, decoderVersion);
      await testEnv.rebuild(current, day);
    }
    const isOther = await askAll(urls, known);
    const end = await cursor();
    if (isOther) expect(end).toBeGreaterThan(feed);
    feed = end;
    const [clock] = await testEnv.rows<{ at: Date }>('select settled_at as at from ops.clock');
    urls.push(`${urls[0]}&as_of=${clock?.at.toISOString()}`);
  }
}

/** @returns whether any of them has other rows than before. */
async function askAll(urls: readonly string[], known: Map<string, Read>): Promise<boolean> {
  let isOther = false;
  for (const url of urls) {
    const { text, headers, json } = await testEnv.get(url);
    const etag = String(headers.etag);
    const before = known.get(url);
    if (before) {
      const conditional = await testEnv.get(url, { 'if-none-match': before.etag });
      if (before.text !== text) expect([etag === before.etag, conditional.status]).toEqual([false, 200]);
      if (etag === before.etag) expect([text, conditional.status]).toEqual([before.text, 304]);
      isOther ||= JSON.stringify(JSON.parse(before.text).data) !== JSON.stringify(json.data);
    }
    known.set(url, { text, etag });
  }
  return isOther;
}

const cursor = async () =>
  (await testEnv.rows<{ cursor: number }>('select cursor from ops.clock'))[0]?.cursor ?? 0;

/** Two answers of one instant are one answer. */
function skipRepeated(error: { code?: string }): void {
  if (error.code !== '23505') throw error;
}

describe('whatever happens to a day', () => {
  test('an ETag tells other bytes, and the feed tells other rows', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyEvent, { minLength: 2, maxLength: 8 }), live), {
      numRuns: runs(8),
      seed: 20261122,
      endOnFailure: true,
    });
  }, 300_000);

  test('a rebuild that reads every value otherwise is told by feed and ETag', async () => {
    const day = '2024-06-01';
    const rows = intervalStarts(dataset, day).map((ms): SampleRow => ['a', new Date(ms).toISOString(), 7]);
    await testEnv.arrive({ ...dataset, decoderVersion }, day, new Date('2024-05-31T10:00:00Z'), rows);
    const url = `/v1/data?dataset=${dataset.id}&from=${day}&to=${day}`;
    const etag = String((await testEnv.get(url)).headers.etag);
    const since = await cursor();
    decoderVersion += 1;
    await testEnv.rebuild(readingBy(2, decoderVersion), day);
    const answer = await testEnv.get(url, { 'if-none-match': etag });
    expect(answer.status).toBe(200);
    expect(answer.json.data[0].value).toBe(14);
    expect((await testEnv.get(`/v1/changes?since=${since}`)).json.data).toMatchObject([
      { day, kind: 'corrected', payload_id: null, new_points: 0, revised_points: 24, largest_difference: 7 },
    ]);
  });
});
