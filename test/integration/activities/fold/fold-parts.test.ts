/** Is a day of several parts what its parts are alone, whatever came when and in whichever order it was folded? */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import type { PointPull } from '../../../../domain/dataset/pull.ts';
import { missingIntervals, validRange } from '../../../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../../../domain/interpret/finding.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { runs } from '../../../support/runs.ts';
import { sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';
import { minutesAfterNine, storePayload } from '../../../support/store-payload.ts';

const PARTS = ['P', 'Q', 'R'] as const;
type Part = (typeof PARTS)[number];
const HOUR_MS = 3_600_000;

/** Hours, but of R: that is told by the half hour. */
const decode: PointPull['decode'] = (body, answer) => {
  if (Buffer.from(body).toString().startsWith('<')) throw new AnswerRefused('not_json', 'no JSON', null);
  const { points, findings } = sampleDataset().pull.decode(body, answer);
  return {
    points: points.map((point) => (answer.part === 'R' ? point : { ...point, stepMs: HOUR_MS })),
    findings,
  };
};
const dataset = (id: string, parts: readonly Part[]): PulledPoints =>
  sampleDataset(
    {
      ...{ id, decode, ownSteps: true, parts: { of: () => parts } },
      resolution: [{ from: '2020-01-01', minutes: 30 }],
      expectedSeries: [{ from: '2020-01-01', count: 1 }],
    },
    [validRange(0, 1_000, 'MW'), missingIntervals()],
  );
const [together, atOnce] = [dataset('sample.together', PARTS), dataset('sample.at-once', PARTS)];
const alone = Object.fromEntries(
  PARTS.map((part) => [part, dataset(`sample.${part.toLowerCase()}`, [part])]),
) as Record<Part, PulledPoints>;

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase([together, atOnce, ...Object.values(alone)]);
});
afterAll(() => testEnv.drop());

interface Arrival {
  readonly part: Part;
  /** Position in time; the order of arrival may be another. */
  readonly at: number;
  /** Values by series and hour, or a page that is no answer. */
  readonly answer: readonly (readonly [series: string, hour: number, value: number | null])[] | 'refused';
}

async function store({ id }: PulledPoints, day: string, { part, at, answer }: Arrival): Promise<void> {
  const starts = intervalStarts(together, day).filter((_, i) => i % 2 === 0);
  const rows = (all: Exclude<Arrival['answer'], 'refused'>) =>
    all.map(
      ([series, hour, value]) =>
        [`${part}.${series}`, new Date(starts[hour] as number).toISOString(), value] as const,
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

/** What the fold wrote for a day, or for a part of it; but for when it became known, which the order of arrival decides. */
async function contentOf({ id }: PulledPoints, day: string, part = '') {
  const { relation, versions } = storageOf(id);
  const its = [day, part];
  return {
    values: await query(
      `select series, starts_at, value from ${relation} where delivery_day = $1 and starts_with(series, $2) order by 1, 2`,
      its,
    ),
    versions: await query(
      `select series, starts_at, count(*)::int from ${versions} where delivery_day = $1 and starts_with(series, $2)
       group by 1, 2 order by 1, 2`,
      its,
    ),
    findings: await query(
      `select p.part, f.rule, f.series, f.starts_at, f.points, f.reason, f.resolution, f.found_at
       from ops.finding f join ops.payload p on p.id = f.payload_id
       where f.dataset = '${id}' and f.day = $1 and starts_with(p.part, $2) and f.rule <> 'new_series'
       order by f.found_at, f.rule, f.series, f.starts_at, f.reason`,
      its,
    ),
  };
}

const ledgerOf = ({ id }: PulledPoints, day: string) =>
  query(
    `select expected_points, present_points, quarantined_points, state from ops.delivery_day
     where dataset = $1 and day = $2`,
    [id, day],
  ) as Promise<
    { expected_points: number; present_points: number; quarantined_points: number; state: string }[]
  >;

const anyAnswer: fc.Arbitrary<Arrival['answer']> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('refused' as const) },
  {
    weight: 7,
    arbitrary: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('a', 'b'),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(null, 0, 1, 2, 5_000),
      ),
      { selector: ([series, hour]) => `${series}${hour}`, maxLength: 8 },
    ),
  },
);
const anyHistory: fc.Arbitrary<Arrival[]> = fc
  .array(fc.record({ part: fc.constantFrom(...PARTS), answer: anyAnswer }), { minLength: 1, maxLength: 9 })
  .chain((all) =>
    fc.shuffledSubarray(
      all.map((each, at) => ({ ...each, at })),
      { minLength: all.length },
    ),
  );

test('one by one, all at once, again from the start, and each part alone: all the same', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, async (arrivals) => {
      const day = addDays('2022-01-02', serial++);
      for (const arrival of arrivals) {
        await store(together, day, arrival);
        await fold(together, day);
        await store(atOnce, day, arrival);
        await store(alone[arrival.part], day, arrival);
        await fold(alone[arrival.part], day);
      }
      await fold(atOnce, day);
      const { values, findings } = await contentOf(together, day);
      const open = (all: { resolution: string }[]) => all.filter(({ resolution }) => resolution === 'open');
      const once = await contentOf(atOnce, day);
      expect({ values: once.values, open: open(once.findings) }).toEqual({ values, open: open(findings) });
      expect(await ledgerOf(atOnce, day)).toEqual(await ledgerOf(together, day));

      const ledgers: Awaited<ReturnType<typeof ledgerOf>> = [];
      for (const part of PARTS) {
        expect(await contentOf(together, day, part)).toEqual(await contentOf(alone[part], day));
        ledgers.push(...(await ledgerOf(alone[part], day)));
      }
      const sum = (pick: (row: (typeof ledgers)[number]) => number) =>
        ledgers.reduce((total, row) => total + pick(row), 0);
      expect(await ledgerOf(together, day)).toMatchObject([
        {
          expected_points: sum((row) => row.expected_points),
          present_points: sum((row) => row.present_points),
          quarantined_points: sum((row) => row.quarantined_points),
        },
      ]);

      const before = [await contentOf(together, day), await ledgerOf(together, day)];
      await fold(together, day, true);
      expect([await contentOf(together, day), await ledgerOf(together, day)]).toEqual(before);
    }),
    { numRuns: runs(10), seed: 20261122, endOnFailure: false },
  );
}, 600_000);
