/** Is every point that should be there either there or in a gap that says why, on days of every kind? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { DATASET } from '../../../support/test-environment.ts';

const NOW = new Date('2026-11-21T07:00:00Z');
const ABSENT = '2026-11-12';

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment(
    { simulator: { revisionShare: 0, quotaRequests: 0, now: NOW.toISOString() }, simulatedClock: true },
    { now: () => NOW },
  );
  await testEnv.startWorker();
  const { faults } = testEnv.simulator;
  faults.add({ name: 'missing-hours', hours: [3, 4], day: '2026-11-13' });
  faults.add({ name: 'null-values', border: 'border_AT_BE', day: '2026-11-14' });
  faults.add({ name: 'negative', border: 'border_AT_CZ', day: '2026-11-15' });
  faults.add({ name: 'missing-border', border: 'border_DE_FR', day: '2026-11-16' });
  faults.add({ name: 'new-border', day: '2026-11-17' });
  faults.add({ name: 'html-200', day: '2026-11-18' });
  faults.add({ name: 'withdrawn', day: '2026-11-19', at: '2026-11-01T00:00:00Z' });
  faults.add({ name: 'status', code: 404, day: '2026-11-20' });
  faults.add({ name: 'withdrawn', day: ABSENT, at: '2026-11-01T00:00:00Z' });
  await testEnv.load('2026-11-11', '2026-11-21');
  await testEnv.database.query(`update ops.delivery_day set state = 'absent' where day = $1`, [ABSENT]);
});
afterAll(() => testEnv.close());

interface Gap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly series: string[];
  readonly unnamed_series: number;
  readonly points: number;
}

const coverage = async (query: string) =>
  (await testEnv.get(`/v1/datasets/${DATASET}/coverage?${query}`)).json;
const ofDay = (day: string, more = '') => coverage(`from=${day}&to=${day}${more}`);
const pointsOf = (gaps: readonly Gap[]) => gaps.reduce((sum, { points }) => sum + points, 0);

describe('a day', () => {
  test.each([
    ['2026-11-10', { 'not loaded': 3600 }],
    ['2026-11-11', {}],
    [ABSENT, { absent: 3600 }],
    ['2026-11-13', { missing: 300 }],
    ['2026-11-14', { null: 24 }],
    ['2026-11-15', { quarantined: 24 }],
    ['2026-11-16', { missing: 24 }],
    ['2026-11-17', {}],
    ['2026-11-18', { quarantined: 3600 }],
    ['2026-11-19', { late: 3600 }],
    ['2026-11-20', { failed: 3600 }],
    ['2026-11-22', { 'not due': 3600 }],
    ['2022-06-08', {}],
  ])('%s lacks %o', async (day, missing) => {
    const answer = await ofDay(day);
    expect(answer.missing_points).toEqual(missing);
    expect(answer.expected_points).toBe(answer.present_points + pointsOf(answer.data));
    const [ledger] = await testEnv.rows<{ expected_points: number; present_points: number }>(
      'select expected_points, present_points from ops.delivery_day where day = $1',
      [day],
    );
    if (ledger) expect(answer).toMatchObject(ledger);
  });

  test('names the series and the hours', async () => {
    const { data } = await ofDay('2026-11-13');
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ from: '2026-11-13T02:00:00.000Z', to: '2026-11-13T04:00:00.000Z' });
    expect(data[0].series).toHaveLength(150);
    expect((await ofDay('2026-11-16')).data[0].series).toEqual(['border_DE_FR']);
  });
});

describe('a range', () => {
  test('is the sum of its days, and gaps go on over midnight', async () => {
    const range = await coverage('from=2026-10-20&to=2026-11-24');
    expect(range.expected_points).toBe(range.present_points + pointsOf(range.data));
    const [stored] = await testEnv.rows<{ present: number }>(
      'select count(value) as present from jao_core.max_exchanges',
    );
    expect(range.present_points).toBe(stored?.present);
    expect(range.data[0]).toMatchObject({
      ...{ from: '2026-10-19T22:00:00.000Z', to: '2026-11-10T23:00:00.000Z', reason: 'not loaded' },
      // One of these days has 25 hours.
      ...{ series: [], unnamed_series: 150, points: 150 * (22 * 24 + 1) },
    });
    expect(range.data.at(-1)).toMatchObject({ reason: 'not due', to: '2026-11-24T23:00:00.000Z' });
  });

  test('keeps the law for each series alone, and for all of them together', async () => {
    const names = ['border_AT_BE', 'border_AT_CZ', 'border_AT_UA', 'border_DE_FR', 'border_FR_DE'];
    const query = names.map((name) => `series=${name}`).join('&');
    const together = await coverage(`from=2026-11-11&to=2026-11-21&${query}`);
    let present = 0;
    for (const name of names) {
      const one = await coverage(`from=2026-11-11&to=2026-11-21&series=${name}`);
      expect(one.expected_points).toBe(one.present_points + pointsOf(one.data));
      expect(one.data.every((gap: Gap) => gap.series.join() === name && gap.unnamed_series === 0)).toBe(true);
      present += one.present_points;
    }
    expect(together).toMatchObject({ present_points: present, series: names });
  });

  test('says why a single series is not there', async () => {
    const { data } = await coverage('from=2026-11-13&to=2026-11-17&series=border_AT_CZ');
    expect(data.map((gap: Gap) => [gap.from, gap.reason, gap.points])).toEqual([
      ['2026-11-13T02:00:00.000Z', 'missing', 2],
      ['2026-11-14T23:00:00.000Z', 'quarantined', 24],
    ]);
  });
});

test('a series that the dataset never had is named', async () => {
  const answer = await ofDay('2026-11-11', '&series=border_XX_YY');
  expect(answer).toMatchObject({ status: 422, errors: [{ field: 'series', value: 'border_XX_YY' }] });
});
