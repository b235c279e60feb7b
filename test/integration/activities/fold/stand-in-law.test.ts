/** Is a part of which both the source and files speak what a naive model says, whatever came when, and again from the start? */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import type { PointPull } from '../../../../domain/dataset/pull.ts';
import type { StandIn } from '../../../../domain/dataset/stand-in.ts';
import { missingIntervals, validRange } from '../../../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../../../domain/interpret/finding.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { runs } from '../../../support/runs.ts';
import { sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';
import { minutesAfterNine, storePayload } from '../../../support/store-payload.ts';

const HOUR_MS = 3_600_000;
const [OWN, FILES] = ['P', 'P@library'] as const;

/** Hours; the source tells of series "c" by the half hour, files never do. */
const decodeWith =
  (ownSteps: boolean): PointPull['decode'] =>
  (body, answer) => {
    if (Buffer.from(body).toString().startsWith('<')) throw new AnswerRefused('not_json', 'no JSON', null);
    const { points, findings } = sampleDataset().pull.decode(body, answer);
    const stepOf = (series: string) => (ownSteps && series.endsWith('c') ? HOUR_MS / 2 : HOUR_MS);
    return { points: points.map((point) => ({ ...point, stepMs: stepOf(point.series) })), findings };
  };
const standIn = {
  name: 'library',
  decode: decodeWith(false),
  needs: [],
  everyMinutes: 1,
} as unknown as StandIn;
const dataset = (id: string): PulledPoints => {
  const sample = sampleDataset(
    {
      ...{ id, decode: decodeWith(true), ownSteps: true, parts: { of: () => [OWN] } },
      resolution: [{ from: '2020-01-01', minutes: 30 }],
      expectedSeries: [{ from: '2020-01-01', count: 1 }],
    },
    [validRange(0, 1_000, 'MW'), missingIntervals()],
  );
  return { ...sample, pull: { ...sample.pull, standIn } };
};
const [oneByOne, atOnce] = [dataset('sample.one-by-one'), dataset('sample.at-once')];

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase([sampleDataset({ id: oneByOne.id }), sampleDataset({ id: atOnce.id })]);
});
afterAll(() => testEnv.drop());

type Row = readonly [series: string, hour: number, value: number | null];

interface Arrival {
  readonly part: typeof OWN | typeof FILES;
  /** Position in time; the order of arrival may be another. */
  readonly at: number;
  readonly answer: readonly Row[] | 'refused';
}

const startsOf = (day: string) => intervalStarts(oneByOne, day).filter((_, i) => i % 2 === 0);

/** Series are of their day: which part brought them first is another with each history. */
async function store({ id }: PulledPoints, day: string, { part, at, answer }: Arrival): Promise<void> {
  const starts = startsOf(day);
  const rows = (all: readonly Row[]) =>
    all.map(
      ([series, hour, value]) =>
        [`P.${day}.${series}`, new Date(starts[hour] as number).toISOString(), value] as const,
    );
  const body = answer === 'refused' ? Buffer.from(`<html>${at}</html>`) : sampleBody(rows(answer));
  await storePayload(testEnv.database, {
    dataset: id,
    day,
    part,
    fetchedAt: minutesAfterNine(day, at),
    body,
  });
}

const fold = (of: PulledPoints, day: string, again = false) =>
  transaction(testEnv.database, (sql) => foldUnit(sql, of, day, { again }));

const query = async (text: string, values: unknown[]) => (await testEnv.database.query(text, values)).rows;

async function contentOf({ id }: PulledPoints, day: string) {
  const { relation, versions } = storageOf(id);
  const its = [day];
  return {
    values: await query(
      `select series, starts_at, value from ${relation} where delivery_day = $1 order by 1, 2`,
      its,
    ),
    versions: await query(
      `select series, starts_at, known_from, known_to, value from ${versions} where delivery_day = $1 order by 1, 2, 3`,
      its,
    ),
    findings: await query(
      `select p.part, f.rule, f.series, f.starts_at, f.points, f.reason, f.resolution, f.found_at
       from ops.finding f join ops.payload p on p.id = f.payload_id
       where f.dataset = '${id}' and f.day = $1 and f.rule <> 'new_series'
       order by f.found_at, f.rule, f.series, f.starts_at, f.reason, f.resolution`,
      its,
    ),
    ledger: await query(
      `select expected_points, present_points, quarantined_points, state, revision, last_checked_at
       from ops.delivery_day where dataset = '${id}' and day = $1`,
      its,
    ),
  };
}

/** Values, and where both differ, by series and hour. */
function model(arrivals: readonly Arrival[]) {
  const isGood = ([, , value]: Row) => value === null || value <= 1_000;
  const keyOf = ([series, hour]: Row) => `${series} ${hour}`;
  const canonical = (rows: readonly Row[]) =>
    JSON.stringify(rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
  const values = new Map<string, number | null>();
  let vanished = 0;
  const last: Partial<Record<Arrival['part'], readonly Row[]>> = {};
  for (const { part, answer } of arrivals.toSorted((a, b) => a.at - b.at)) {
    const before = last[part];
    if (answer === 'refused' || (before && canonical(before) === canonical(answer))) continue;
    last[part] = answer;
    const own = new Set((last[OWN] ?? []).filter(isGood).map(keyOf));
    if (part === OWN) {
      const answered = new Set(answer.map(keyOf));
      // Whatever brought them first: they are of this part. What files still say, as it stands, has not vanished.
      const still = new Map((last[FILES] ?? []).filter(isGood).map((row) => [keyOf(row), row[2]]));
      const isGone = (key: string, value: number | null) =>
        !answered.has(key) && !(still.has(key) && still.get(key) === value);
      vanished = [...values].filter(([key, value]) => isGone(key, value)).length;
    }
    for (const row of answer.filter(isGood))
      if (part === OWN || !own.has(keyOf(row))) values.set(keyOf(row), row[2]);
  }
  const own = new Map((last[OWN] ?? []).filter(isGood).map((row) => [keyOf(row), row[2]]));
  const differ = (last[FILES] ?? []).filter(isGood).flatMap((row) => {
    const mine = own.get(keyOf(row));
    // Of series "c" the lengths of the intervals differ as well.
    const differs = mine != null && row[2] !== null && (mine !== row[2] || row[0] === 'c');
    return differs ? [keyOf(row)] : [];
  });
  return { values: [...values].toSorted(byKey), differ: differ.toSorted(), vanished };
}
const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]) => (a[0] < b[0] ? -1 : 1);

const anyAnswer: fc.Arbitrary<Arrival['answer']> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('refused' as const) },
  {
    weight: 9,
    arbitrary: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom(null, 0, 1, 2, 5_000),
      ),
      { selector: ([series, hour]) => `${series}${hour}`, maxLength: 7 },
    ),
  },
);
const anyHistory: fc.Arbitrary<Arrival[]> = fc
  .array(fc.record({ part: fc.constantFrom(OWN, FILES), answer: anyAnswer }), { minLength: 1, maxLength: 8 })
  .chain((all) =>
    fc.shuffledSubarray(
      all.map((each, at) => ({ ...each, at })),
      { minLength: all.length },
    ),
  );

test('one by one, all at once, again from the start, and a naive model: all the same', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, async (arrivals) => {
      const day = addDays('2022-01-02', serial++);
      for (const arrival of arrivals) {
        await store(oneByOne, day, arrival);
        await fold(oneByOne, day);
        await store(atOnce, day, arrival);
      }
      await fold(atOnce, day);
      const content = await contentOf(oneByOne, day);
      const hours = startsOf(day);
      const hourOf = (at: Date) => hours.indexOf(at.getTime());
      const expected = model(arrivals);
      const shown = content.values.map(
        (row) => [`${row.series.slice(-1)} ${hourOf(row.starts_at)}`, row.value] as const,
      );
      expect(shown.toSorted(byKey)).toEqual(expected.values);
      const isDiffering = (row: { rule: string; resolution: string }) =>
        row.rule === 'stand_in_differs' && row.resolution === 'open';
      const differ = content.findings.filter(isDiffering);
      expect(differ.map((row) => `${row.series.slice(-1)} ${hourOf(row.starts_at)}`).toSorted()).toEqual(
        expected.differ,
      );
      const gone = content.findings.filter(
        ({ rule, resolution }) => rule === 'vanished' && resolution === 'open',
      );
      expect(gone.reduce((sum, { points }) => sum + points, 0)).toBe(expected.vanished);

      const once = await contentOf(atOnce, day);
      expect(once.values).toEqual(content.values);
      expect(once.findings.filter(isDiffering).length).toBe(differ.length);
      const [row] = content.ledger;
      expect(once.ledger).toMatchObject([{ ...row, revision: once.ledger[0]?.revision }]);

      await fold(oneByOne, day, true);
      expect(await contentOf(oneByOne, day)).toEqual(content);
    }),
    { numRuns: runs(30), seed: 20261123, endOnFailure: false },
  );
}, 600_000);
