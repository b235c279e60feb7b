/** Does each day of a response to several say what it would if it read all of it, and is the response decoded once? */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodedFor, rememberDecoded } from '../../../../activities/fold/decoded-batches.ts';
import type { Sql } from '../../../../db/connection/client.ts';
import { sha256 } from '../../../../db/queries/payloads/payload-body.ts';
import type { PayloadBytes } from '../../../../db/queries/payloads/payloads.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import { answerOf } from '../../../../domain/days/answer-of.ts';
import { AnswerRefused, finding } from '../../../../domain/interpret/finding.ts';
import { interpret, interpretDecoded } from '../../../../domain/interpret/interpret.ts';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { type SampleRow, sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';

/** The second of the days has 25 hours. */
const [FIRST, LAST] = ['2026-10-24', '2026-10-27'];
const DAYS = eachDay(FIRST, LAST);
const NO_DATABASE = undefined as unknown as Sql;

function datasetThat(decoded: { times: number }, refuses = false): PulledPoints {
  const { pull } = sampleDataset();
  return sampleDataset({
    batch: { maxHours: 97 },
    decode: (...given) => {
      decoded.times += 1;
      if (refuses) throw new AnswerRefused('shape', 'it is not what it should be', null);
      const { points } = pull.decode(...given);
      // A value that stands for one that cannot be read, and a finding about the response itself.
      const odd = points
        .filter(({ value }) => value === 9)
        .map(({ series, startsAtMs }) => ({ series, startsAtMs }));
      return {
        points: points.filter(({ value }) => value !== 9),
        findings: [
          ...odd.map((about) => finding('unreadable_value', 'block', 'it is odd', { ...about, raw: 'x' })),
          finding('unknown_column', 'warn', 'a column', {}),
        ],
      };
    },
  });
}

function payloadOf(body: Buffer, day = FIRST): PayloadBytes {
  return {
    ...{ id: 1, dataset: 'sample.table', day, fetchedAt: new Date(), encoding: 'identity', bytes: body },
    ...{
      sha256: sha256(body),
      filePart: null,
      part: '',
      url: 'http://x/',
      status: 200,
      headers: {},
      isSent: false,
    },
    ...{ batchFrom: FIRST, batchTo: LAST },
  };
}

const row = fc
  .tuple(
    fc.constantFrom('a', 'b'),
    // From a day before the first to a day behind the last, some between the hours.
    fc.integer({ min: -24, max: 5 * 24 + 1 }),
    fc.constantFrom(0, 0, 0, 0, 0, 0, 30),
    fc.constantFrom(1, 2, 9, null),
  )
  .map(([series, hour, minute, value]): SampleRow => {
    const ms = Date.parse(`${FIRST}T00:00:00+02:00`) + (hour * 60 + minute) * 60_000;
    return [series, new Date(ms).toISOString(), value];
  });

test('each day says what it would say by itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      const dataset = datasetThat({ times: 0 });
      const body = sampleBody(rows);
      for (const day of DAYS) {
        const payload = payloadOf(body, day);
        const answer = answerOf(dataset, payload, day);
        const decode = await decodedFor(NO_DATABASE, dataset, payload, day);
        const no = () => false;
        expect(interpretDecoded(dataset, day, decode, no, answer)).toEqual(
          interpret(dataset, day, body, no, answer),
        );
      }
    }),
  );
});

test('it is decoded once, for its days and the day before each', async () => {
  const decoded = { times: 0 };
  const dataset = datasetThat(decoded);
  const body = sampleBody([['a', '2026-10-25T05:00:00Z', 1]]);
  for (const day of [...DAYS, ...DAYS.toReversed()])
    (await decodedFor(NO_DATABASE, dataset, payloadOf(body, day), day))();
  expect(decoded.times).toBe(1);
  // Another body, another part and another definition are others.
  await decodedFor(NO_DATABASE, dataset, payloadOf(sampleBody([])), FIRST);
  await decodedFor(NO_DATABASE, dataset, { ...payloadOf(body), part: 'x' }, FIRST);
  expect(decoded.times).toBe(3);
  const other = { times: 0 };
  await decodedFor(NO_DATABASE, datasetThat(other), payloadOf(body), FIRST);
  expect([decoded.times, other.times]).toEqual([3, 1]);
});

test('what was decoded when it was fetched is not decoded again', async () => {
  const decoded = { times: 0 };
  const dataset = datasetThat(decoded);
  const body = sampleBody([['a', '2026-10-26T05:00:00Z', 1]]);
  const payload = payloadOf(body, addDays(FIRST, 2));
  const answer = answerOf(dataset, payload);
  rememberDecoded(dataset, payload.sha256, answer, dataset.pull.decode(body, answer));
  const read = (await decodedFor(NO_DATABASE, dataset, payload, payload.day))();
  expect(read.points).toHaveLength(1);
  expect(decoded.times).toBe(1);
});

test('a response that is refused is refused for each of its days', async () => {
  const decoded = { times: 0 };
  const dataset = datasetThat(decoded, true);
  for (const day of DAYS) {
    const decode = await decodedFor(NO_DATABASE, dataset, payloadOf(sampleBody([]), day), day);
    expect(decode).toThrow('it is not what it should be');
  }
  expect(decoded.times).toBe(1);
});
