/** Do the plain calls answer as people who know a table and little else expect: names, bounds, spellings, bytes? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { measure, onGrid } from '../../../support/api/measured-environment.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const frequency = sampleFiles({
  plain: { tables: ['grid_frequency_data', 'volume_data'], value: 'frequency' },
});
const many = sampleFiles({ id: 'measured.many' });
const growing = sampleFiles({ id: 'measured.growing' });
const polled = sampleDataset({ id: 'sample.half-hours' });
const DAY = '2021-05-02';

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([frequency, many, growing, polled]);
  // The day begins at 22:00 UTC; every 30 seconds a value, one of them null.
  const valueAt = (n: number) => (n === 1_442 ? null : n === 1_443 ? 49.99 : 50);
  await measure(testEnv, frequency, DAY, [onGrid('value', 30, valueAt)]);
  await measure(testEnv, frequency, addDays(DAY, 1), [onGrid('value', 1, (n) => (n < 60 ? n : undefined))]);
  await measure(testEnv, many, DAY, [onGrid('slow', 900, (n) => n), onGrid('quick', 5, (n) => n / 8)]);
  await measure(testEnv, growing, DAY, [onGrid('one', 900, (n) => n)]);
  const values = intervalStarts(polled, DAY).map((ms, n) => ['a', new Date(ms).toISOString(), n] as const);
  await testEnv.publish(polled, DAY, new Date('2021-05-01T09:30:00Z'), values);
});
afterAll(() => testEnv.close());

const plain = (table: string, query: string) => testEnv.get(`/data/${table}?${query}`);
const between = (from: string, to: string) => `start_time=${DAY}T${from}Z&end_time=${DAY}T${to}Z`;
const MINUTE = between('10:00:00', '10:01:30');
const ROWS =
  '[{"timestamp":"2021-05-02T10:00:00Z","frequency":50},{"timestamp":"2021-05-02T10:00:30Z","frequency":50},' +
  '{"timestamp":"2021-05-02T10:01:00Z","frequency":null},{"timestamp":"2021-05-02T10:01:30Z","frequency":49.99}]';

describe('a table of one series', () => {
  test.each(['grid_frequency_data', 'volume_data', 'values', 'measured.values'])(
    'is found as %s, with the value under the name of its dataset and both ends of the range',
    async (table) => {
      const { text, headers } = await plain(table, MINUTE);
      expect(text).toBe(ROWS);
      expect(headers).toMatchObject({ 'tidemark-dataset': 'measured.values', 'tidemark-unit': 'Hz' });
      expect((await plain(`aggregated/${table}`, `${MINUTE}&resolution=30s`)).text).toBe(ROWS);
    },
  );

  test.each([
    ...['30s', '1m', '5m', '10m', '15m', '30m', '1h', '6h', '1d', '1w', 'hour', 'day', 'month'],
    ...['PT30S', '15min', 'PT1H', '1M', 'year'],
  ])('is aggregated by %s', async (resolution) => {
    const { status, json } = await plain(
      'aggregated/values',
      `start_time=${DAY}&end_time=${DAY}&resolution=${resolution}`,
    );
    expect(status).toBe(200);
    expect(json[0]).toEqual({ timestamp: '2021-05-01T22:00:00Z', frequency: expect.closeTo(50, 4) });
  });

  test.each(['1s', '5s', '10s', '15s', '30s'])('of seconds is aggregated by %s', async (resolution) => {
    const { json } = await plain(
      'aggregated/values',
      `${between('22:00:00', '22:00:59')}&resolution=${resolution}&function=min`,
    );
    const step = Number.parseInt(resolution, 10);
    expect(json.map(({ frequency }: { frequency: number }) => frequency)).toEqual(
      Array.from({ length: 60 / step }, (_, n) => n * step),
    );
  });

  test.each([
    ['avg', 49.995],
    ['mean', 49.995],
    ['min', 49.99],
    ['max', 50],
  ])('has %s of what lies in the range', async (name, value) => {
    const query = `${between('10:00:30', '10:01:30')}&resolution=5m&function=${name}`;
    expect((await plain('aggregated/values', query)).json).toEqual([
      { timestamp: '2021-05-02T10:00:30Z', frequency: expect.closeTo(value, 9) },
    ]);
  });

  test('has a value for each of several functions', async () => {
    const query = `${MINUTE}&resolution=1h&function=mean&function=count`;
    expect((await plain('aggregated/values', query)).json).toEqual([
      { timestamp: '2021-05-02T10:00:00Z', avg: expect.closeTo((50 + 50 + 49.99) / 3, 9), count: 3 },
    ]);
  });

  test('has a count under its own name', async () => {
    expect((await plain('aggregated/values', `${MINUTE}&resolution=1h&function=count`)).json).toEqual([
      { timestamp: '2021-05-02T10:00:00Z', count: 3 },
    ]);
  });

  test('is cut where it is said, and an instant is a range', async () => {
    expect((await plain('values', `${MINUTE}&limit=1`)).json).toHaveLength(1);
    const one = await plain('values', between('10:01:30', '10:01:30'));
    expect(one.text).toBe('[{"timestamp":"2021-05-02T10:01:30Z","frequency":49.99}]');
    const days = await plain('aggregated/values', `start_time=${DAY}&end_time=${DAY}&resolution=day`);
    expect(days.json).toHaveLength(1);
    const other = await plain(
      'aggregated/values',
      `start_time=${DAY}&end_time=${DAY}&resolution=day&time_zone=UTC`,
    );
    expect(other.json).toHaveLength(2);
    // Between two points.
    const none = `start_time=${DAY}T10:00:10Z&end_time=${DAY}T10:00:20Z`;
    expect((await plain('values', none)).text).toBe('[]');
    // Nothing of these days was ever loaded: an empty list would say that there is nothing.
    const never = await plain('values', 'start_time=2020-01-01&end_time=2020-01-02');
    expect(never.json).toMatchObject({
      status: 404,
      errors: [
        { field: 'start_time', value: '2020-01-01', hint: expect.stringContaining('loaded=none; days=2') },
      ],
    });
  });

  test('is not sent again to whoever has it, unless its columns are others now', async () => {
    const url = `/data/growing?${MINUTE}`;
    const { headers, text } = await testEnv.get(url);
    expect(text).toBe('[{"timestamp":"2021-05-02T10:00:00Z","value":48}]');
    const known = { 'if-none-match': String(headers.etag) };
    expect((await testEnv.get(url, known)).status).toBe(304);
    await testEnv.rows(
      `insert into ops.series (dataset, series, first_payload_id) values ($1, 'another', 1)`,
      [growing.id],
    );
    expect((await testEnv.get(url, known)).text).toBe(
      '[{"timestamp":"2021-05-02T10:00:00Z","series":"one","value":48}]',
    );
  });
});

describe('a table of several series', () => {
  test('names them, unless the call names one', async () => {
    const range = between('10:00:00', '10:00:05');
    const rows = [
      { timestamp: '2021-05-02T10:00:00Z', series: 'quick', value: 8_640 / 8 },
      { timestamp: '2021-05-02T10:00:00Z', series: 'slow', value: 48 },
      { timestamp: '2021-05-02T10:00:05Z', series: 'quick', value: 8_641 / 8 },
    ];
    expect((await plain('many', range)).json).toEqual(rows);
    expect((await plain('many', `${range}&series=quick&series=slow`)).json).toEqual(rows);
    const alone = rows.flatMap(({ series, ...row }) => (series === 'quick' ? [row] : []));
    expect((await plain('many', `${range}&series=quick`)).json).toEqual(alone);
    const buckets = await plain('aggregated/many', `${range}&series=quick&resolution=5s`);
    expect(buckets.json).toEqual(alone);
  });

  test('is not aggregated finer than one of them is', async () => {
    const refused = await plain('aggregated/many', `${MINUTE}&resolution=5s`);
    expect(refused.json).toMatchObject({
      status: 422,
      errors: [{ field: 'resolution', value: '5s', hint: expect.stringContaining('slow are 900 s apart') }],
    });
    const alone = await plain('aggregated/many', `${MINUTE}&resolution=5s&series=quick`);
    expect(alone.json).toHaveLength(19);
  });
});

describe('a wrong question', () => {
  test.each([
    ['values', between('10:00:01', '10:00:00'), 422, 'end_time', 'it is before "start_time"'],
    ['values', 'start_time=1066-10-14&end_time=2021-01-01', 422, 'start_time', '1900'],
    ['aggregated/values', MINUTE, 400, 'resolution', 'missing'],
    ['aggregated/values', `${MINUTE}&resolution=1s`, 422, 'resolution', 'write PT30S or longer'],
    ['aggregated/values', `${MINUTE}&resolution=2x`, 400, 'resolution', '30s, 15m, 1h, 1d'],
    ['aggregated/half_hours', `${MINUTE}&resolution=15m`, 422, 'resolution', 'write PT1H or longer'],
    ['nothing', MINUTE, 404, 'table', 'grid_frequency_data'],
  ])('to %s, %s, is refused with %i and names the field and the hint', async (table, query, ...expected) => {
    const [status, field, hint] = expected;
    const { json } = await plain(table, query);
    expect(json).toMatchObject({ status, errors: [{ field, hint: expect.stringContaining(hint) }] });
  });
});
