/** Is what the tables hold for a day a function of its payloads, however and in whatever order they arrived? */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { type Sql, transaction } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import { insertBatchResponse } from '../../../../db/queries/payloads/batch-responses.ts';
import { packBody } from '../../../../db/queries/payloads/payload-body.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import type { PointPull } from '../../../../domain/dataset/pull.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../../../domain/interpret/finding.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRow, sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';

const decode: PointPull['decode'] = (body, answer) => {
  const text = Buffer.from(body).toString();
  if (text.startsWith('<')) throw new AnswerRefused('not_json', 'the answer is not JSON', text);
  return sampleDataset().pull.decode(body, answer);
};
const checks = [validRange(0, 1_000, 'MW')];
const [first, atOnce] = ['sample.first', 'sample.at-once'].map((id) =>
  sampleDataset({ id, decode }, checks),
) as [PulledPoints, PulledPoints];

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase([first, atOnce]);
});
afterAll(() => testEnv.drop());

/** One answer of the source: values by series and hour, or a page that is no answer. */
type Answer = readonly (readonly [series: string, hour: number, value: number | null])[] | 'refused';

/** What a person decided about a value that the range rule quarantines. */
interface Taken {
  readonly verb: 'release' | 'waive';
  readonly series: string;
  readonly hour: number;
  readonly value: number;
}

interface Arrival {
  readonly event: Answer | Taken;
  /** Position in time; the order of arrival may be another. */
  readonly at: number;
  /** Whether the answer was one to this day and the next, with rows of both. */
  readonly inBatch?: boolean;
}

const isDecision = (event: Answer | Taken): event is Taken => typeof event === 'object' && 'verb' in event;

function bodyOf(
  dataset: PulledPoints,
  day: string,
  answer: Answer,
  { at: salt, inBatch }: Pick<Arrival, 'at' | 'inBatch'>,
): Buffer {
  if (answer === 'refused') return Buffer.from(`<html>${salt}</html>`);
  const rowsOf = (of: string, all: Exclude<Answer, 'refused'>) => {
    const starts = intervalStarts(dataset, of).map((ms) => new Date(ms).toISOString());
    return all.map(([series, hour, value]): SampleRow => [series, starts[hour] ?? '', value]);
  };
  const others = inBatch
    ? rowsOf(addDays(day, 1), [
        ['a', 0, salt],
        ['z', 1, 5_000],
      ])
    : [];
  // White space and a row that comes twice make the bytes differ where the meaning does not.
  const rows = rowsOf(day, answer);
  const twice = isOdd(answer, salt) ? rows.slice(0, 1) : [];
  return Buffer.concat([sampleBody([...rows, ...twice, ...others]), Buffer.from(' '.repeat(salt % 3))]);
}

/** Whether an answer at an instant has a row twice. */
const isOdd = (answer: Answer, at: number) => answer !== 'refused' && answer.length > 0 && at % 4 > 1;

/** Minute by minute; in winter the deadline of the day is the fourth. */
const instantOf = (day: string, at: number) =>
  new Date(Date.parse(`${addDays(day, -1)}T09:56:00Z`) + at * 60_000);

/** Stores a payload or a decision as a restored backup would: at its own place in time. */
async function store(
  sql: Sql,
  dataset: PulledPoints,
  day: string,
  { event, ...arrival }: Arrival,
): Promise<void> {
  if (isDecision(event)) await storeTaken(sql, dataset, day, event, arrival.at);
  else await storeAnswer(sql, dataset, day, event, arrival);
}

async function storeTaken(
  sql: Sql,
  dataset: PulledPoints,
  day: string,
  { verb, series, hour, value }: Taken,
  at: number,
): Promise<void> {
  const startsAt = new Date(intervalStarts(dataset, day)[hour] ?? 0);
  await sql.query(
    `insert into ops.decision (
       dataset, day, verb, rule, series, starts_at, finding_text, decided_at, decided_by, reason, workflow_id, run_id)
     values ($1, $2, $3, 'range', $4, $5, $6, $7, 'somebody', 'because', 'test', 'test')`,
    [dataset.id, day, verb, series, startsAt, `${value}`, instantOf(day, at)],
  );
}

async function storeAnswer(
  sql: Sql,
  dataset: PulledPoints,
  day: string,
  answer: Answer,
  arrival: Pick<Arrival, 'at' | 'inBatch'>,
): Promise<void> {
  const packed = await packBody(bodyOf(dataset, day, answer, arrival));
  const fetchedAt = instantOf(day, arrival.at);
  const about = { ...packed, dataset: dataset.id, fetchedAt, url: 'test', status: 200, headers: {} };
  const batch = { ...about, part: '', from: day, to: addDays(day, 1), knownBefore: {} };
  const batchResponseId = arrival.inBatch ? await insertBatchResponse(sql, batch) : null;
  // Not by insertPayload, which would move it behind what is there.
  await sql.query(
    `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding,
       bytes, batch_response_id)
     values ($1, $2, $3, $3, $4, 'test', 200, '{}', $5, $6, $7, $8)`,
    [
      ...[dataset.id, day, fetchedAt, packed.sha256, packed.sizeBytes, packed.encoding],
      ...[arrival.inBatch ? null : packed.bytes, batchResponseId],
    ],
  );
}

const by = { workflowId: 'test', runId: 'test' };
const fold = (dataset: PulledPoints, day: string, fromTheStart = false) =>
  transaction(testEnv.database, (sql) =>
    foldUnit(sql, dataset, day, { requestedBy: by, again: fromTheStart }),
  );

/** Everything that the fold wrote for a day, without ids that count up. */
async function contentOf(dataset: PulledPoints, day: string) {
  const { versions } = storageOf(dataset.id);
  const rows = async (text: string) => (await testEnv.database.query(text, [day])).rows;
  return {
    versions: await rows(
      `select series, starts_at, value, known_from, known_to from ${versions} where delivery_day = $1 order by 1, 2, 4`,
    ),
    changes: await rows(
      `select kind, new_points, revised_points, nulled_points, largest_difference, known_at
       from ops.change where dataset = '${dataset.id}' and day = $1 order by known_at`,
    ),
    findings: await rows(
      // New series belong to the first payload of the whole dataset, which another day of this test may have. That a day
      // is late follows from its payloads; that it was so on the way depends on when somebody looked.
      `select rule, severity, series, starts_at, points, raw, reason, resolution, resolved_at, found_at
       from ops.finding where dataset = '${dataset.id}' and day = $1 and rule <> 'new_series'
         and not (rule = 'late' and resolution = 'superseded')
       order by found_at, rule, series, starts_at, raw, reason, resolution`,
    ),
    ledger: await rows(
      `select state, expected_points, present_points, quarantined_points, revision, first_published_at, completed_at,
         last_changed_at, error
       from ops.delivery_day where dataset = '${dataset.id}' and day = $1`,
    ),
  };
}

const openRules = (findings: readonly { rule: string; resolution: string }[]) =>
  findings.filter(({ resolution }) => resolution === 'open').map(({ rule }) => rule);

/** What folding in any order must come to: all but when it became known, and on which ways. */
async function outcomeOf(dataset: PulledPoints, day: string) {
  const { versions, findings, ledger } = await contentOf(dataset, day);
  const { state, expected_points, present_points, quarantined_points, error } = ledger[0] ?? {};
  return {
    values: versions.filter(({ known_to }) => known_to === null).map(shownOf),
    findings: findings.filter(({ resolution }) => resolution !== 'superseded'),
    ledger: { state, expected_points, present_points, quarantined_points, error },
  };
}

type Row = { series: string; starts_at: Date; value: number | null };
const shownOf = ({ series, starts_at, value }: Row) =>
  JSON.stringify({ key: `${series} ${starts_at.getTime()}`, value });

/** What a reader is told of a day, and as of which instant. */
async function tell(dataset: PulledPoints, day: string) {
  const { rows } = await testEnv.database.query<{ at: Date }>('select catalog.settled_at() as at');
  const at = rows[0]?.at as Date;
  return { at, values: await asOf(dataset, day, at) };
}

async function asOf(dataset: PulledPoints, day: string, at: Date): Promise<string[]> {
  const text = `select series, starts_at, value from ${storageOf(dataset.id).asOf}($1) where delivery_day = $2`;
  return (await testEnv.database.query<Row>(text, [at, day])).rows.map(shownOf).toSorted();
}

/** The law, written down as simply as possible. */
function model(dataset: PulledPoints, day: string, arrivals: readonly Arrival[]) {
  const starts = intervalStarts(dataset, day);
  const current = new Map<string, number | null>();
  const quarantined = new Map<string, number>();
  const decided = new Map<string, Taken['verb']>();
  let previous: string | undefined;
  let odd = false;
  for (const { event, at } of arrivals.toSorted((a, b) => a.at - b.at)) {
    if (event === 'refused') continue;
    if (isDecision(event)) {
      const key = `${event.series} ${starts[event.hour]}`;
      decided.set(`${key} ${event.value}`, event.verb);
      const isOpen = quarantined.get(key) === event.value;
      if (isOpen && event.verb === 'release') {
        quarantined.delete(key);
        current.set(key, event.value);
      }
      continue;
    }
    odd = isOdd(event, at);
    const meaning = JSON.stringify(event.toSorted());
    if (meaning === previous) continue;
    previous = meaning;
    for (const [series, hour, value] of event) {
      const key = `${series} ${starts[hour]}`;
      quarantined.delete(key);
      const isBad = value !== null && value > 1_000;
      if (!isBad || decided.get(`${key} ${value}`) === 'release') current.set(key, value);
      else quarantined.set(key, value);
    }
  }
  const open = [...current].map(([key, value]) => ({ key, value }));
  const waived = [...quarantined].filter(([key, value]) => decided.get(`${key} ${value}`) === 'waive');
  return {
    odd,
    quarantined: quarantined.size - waived.length,
    values: open.map((point) => JSON.stringify(point)).toSorted(),
  };
}

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Answer>('refused') },
  {
    weight: 8,
    arbitrary: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(null, 0, 1, 2, 700, 5_000, 5_000, 9_000),
      ),
      { selector: ([series, hour]) => `${series}${hour}`, maxLength: 12 },
    ),
  },
);

const anyTaken: fc.Arbitrary<Taken> = fc.record({
  verb: fc.constantFrom('release', 'waive'),
  series: fc.constantFrom('a', 'b', 'c'),
  hour: fc.integer({ min: 0, max: 3 }),
  value: fc.constantFrom(5_000, 9_000),
});

/** Up to eight answers and decisions at distinct times, in any order of arrival, some of them repeated. */
const anyHistory: fc.Arbitrary<Arrival[]> = fc
  .array(fc.tuple(fc.oneof(anyAnswer, anyTaken), fc.boolean(), fc.boolean()), {
    minLength: 1,
    maxLength: 8,
  })
  // What is told twice is told once alone and once in a batch: it means the same.
  .map((events) =>
    events.flatMap(([event, twice, inBatch]) =>
      twice
        ? [
            { event, inBatch },
            { event, inBatch: !inBatch },
          ]
        : [{ event, inBatch }],
    ),
  )
  .chain((events) =>
    fc.shuffledSubarray(
      events.map((event, at): Arrival => ({ ...event, at })),
      { minLength: events.length },
    ),
  );

describe('the law of the fold', () => {
  let serial = 0;

  test('one by one, all at once, again from the start, and a naive model: all the same, and what was told stays', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (arrivals) => {
        const day = addDays('2022-01-02', serial++);
        const answers: { at: Date; values: string[] }[] = [];
        for (const [index, arrival] of arrivals.entries()) {
          await store(testEnv.database, first, day, arrival);
          await fold(first, day);
          answers.push(await tell(first, day));
          await store(testEnv.database, atOnce, day, arrival);
          // What is known so far is what the answers so far say, in order of time.
          expect(answers.at(-1)?.values).toEqual(model(first, day, arrivals.slice(0, index + 1)).values);
        }
        await fold(atOnce, day);
        expect(await outcomeOf(atOnce, day)).toEqual(await outcomeOf(first, day));

        const incremental = await contentOf(first, day);
        await fold(first, day, true);
        // Row for row: also when each became known.
        expect(await contentOf(first, day)).toEqual(incremental);
        for (const { at, values } of answers) expect(await asOf(first, day, at)).toEqual(values);

        const expected = model(first, day, arrivals);
        expect(incremental.ledger[0]?.quarantined_points).toBe(expected.quarantined);
        expect(openRules(incremental.findings).includes('duplicate')).toBe(expected.odd);
        expect(openRules(incremental.findings).filter((rule) => rule === 'duplicate').length).toBeLessThan(2);
      }),
      { numRuns: runs(30), seed: 20261121, endOnFailure: false },
    );
  }, 600_000);

  test('the past stays as it was: as-of gives the answer of that instant', async () => {
    const day = '2026-05-05';
    const answers: Answer[] = [[['a', 0, 1]], [['a', 0, 2]], [['a', 0, 1]], [['a', 0, null]]];
    const { at: before } = await tell(first, day);
    const instants: Date[] = [];
    for (const [at, answer] of answers.entries()) {
      await store(testEnv.database, first, day, { event: answer, at });
      await fold(first, day);
      instants.push((await tell(first, day)).at);
    }
    expect(await asOf(first, day, before)).toEqual([]);
    const rows = await Promise.all([...instants, new Date()].map((at) => asOf(first, day, at)));
    expect(rows.map(([only]) => JSON.parse(only ?? '').value)).toEqual([1, 2, 1, null, null]);
  });
});

describe('single folds', () => {
  const day = '2026-06-06';
  const full = (value: number): Exclude<Answer, 'refused'> =>
    intervalStarts(first, day).flatMap((_, hour) => ['a', 'b'].map((s) => [s, hour, value] as const));
  const arrive = async (answer: Answer, at: number, on = day) => {
    await store(testEnv.database, first, on, { event: answer, at });
    return await fold(first, on);
  };

  test('publication, repetition, revision, vanishing and return of points', async () => {
    expect(await arrive(full(5), 0)).toMatchObject({
      newPoints: 48,
      ledger: { state: 'complete', revision: 0 },
    });
    // Other bytes, same meaning: nothing moves, the sighting is counted.
    expect(await arrive(full(5), 1)).toMatchObject({
      newPoints: 0,
      revisedPoints: 0,
      ledger: { state: 'complete', revision: 0 },
    });
    const { rows } = await testEnv.database.query(
      `select seen_count, last_seen_at from ops.payload where dataset = $1 and day = $2 order by fetched_at`,
      [first.id, day],
    );
    expect(rows[0]).toEqual({ seen_count: 2, last_seen_at: instantOf(day, 1) });

    const revised = full(5).toSpliced(0, 1, ['a', 0, 6]);
    expect(await arrive(revised, 2)).toMatchObject({
      newPoints: 0,
      revisedPoints: 1,
      ledger: { state: 'complete', revision: 1 },
    });

    expect(await arrive(revised.slice(2), 3)).toMatchObject({
      ledger: { state: 'complete', presentPoints: 48 },
    });
    const vanished = (await contentOf(first, day)).findings.filter(({ rule }) => rule === 'vanished');
    expect(vanished).toMatchObject([{ severity: 'warn', points: 2, resolution: 'open' }]);

    await arrive(revised, 4);
    expect((await contentOf(first, day)).findings.filter(({ rule }) => rule === 'vanished')).toMatchObject([
      { resolution: 'superseded' },
    ]);
  });

  test('what was odd about bytes stays open while it comes again, and goes when the same comes without it', async () => {
    const on = '2026-06-12';
    const warnings = async () =>
      (await contentOf(first, on)).findings
        .filter(({ rule }) => rule === 'duplicate' || rule === 'vanished')
        .map(({ rule, resolution, resolved_at }) => [rule, resolution, resolved_at]);
    // By `isOdd`: instants 2 and 3 of each four have a row twice.
    await arrive(full(5), 0, on);
    await arrive(full(5).slice(2), 2, on);
    await arrive(full(5).slice(2), 3, on);
    expect(await warnings()).toEqual([
      ['duplicate', 'open', null],
      ['vanished', 'open', null],
    ]);
    await arrive(full(5).slice(2), 4, on);
    expect(await warnings()).toEqual([
      ['duplicate', 'superseded', instantOf(on, 4)],
      ['vanished', 'open', null],
    ]);
    await arrive(full(5).slice(2), 6, on);
    expect(await warnings()).toEqual([
      ['duplicate', 'superseded', instantOf(on, 4)],
      ['vanished', 'open', null],
      ['duplicate', 'open', null],
    ]);
    const { rows } = await testEnv.database.query(
      `select kind, new_points, revised_points from ops.change where dataset = $1 and day = $2`,
      [first.id, on],
    );
    expect(rows).toEqual([{ kind: 'published', new_points: 48, revised_points: 0 }]);
  });

  test('a blocked point is quarantined, the others are written; a good one later supersedes it', async () => {
    const on = '2026-06-07';
    const bad = full(5).toSpliced(0, 1, ['a', 0, 5_000]);
    expect(await arrive(bad, 0, on)).toMatchObject({
      newPoints: 47,
      ledger: { state: 'quarantined', quarantinedPoints: 1 },
    });
    expect(await arrive(full(5), 1, on)).toMatchObject({
      newPoints: 1,
      ledger: { state: 'complete', quarantinedPoints: 0 },
    });
    expect((await contentOf(first, on)).findings).toMatchObject([
      { rule: 'range', raw: '5000', resolution: 'superseded' },
    ]);
  });

  test('a refused answer changes no value of a day that is known, and the day says so until the next one', async () => {
    const on = '2026-06-08';
    expect(await arrive('refused', 0, on)).toMatchObject({ ledger: { state: 'quarantined' } });
    expect(await arrive(full(5), 1, on)).toMatchObject({ ledger: { state: 'complete' } });
    const refused = { state: 'quarantined', presentPoints: 48, quarantinedPoints: 0 };
    expect(await arrive('refused', 2, on)).toMatchObject({ newPoints: 0, ledger: refused });
    expect((await contentOf(first, on)).findings.map(({ resolution }) => resolution)).toEqual([
      'superseded',
      'open',
    ]);
    expect(await arrive(full(5), 3, on)).toMatchObject({ revisedPoints: 0, ledger: { state: 'complete' } });
  });

  test('a late day is marked once, however often it is folded, until something arrives', async () => {
    const on = '2026-06-11';
    const marks = async () =>
      (
        await testEnv.database.query(
          `select resolution from ops.finding where dataset = $1 and day = $2 and rule = 'late'`,
          [first.id, on],
        )
      ).rows;
    expect(await arrive([], 0, on)).toMatchObject({ ledger: { state: 'late' } });
    await fold(first, on, true);
    await arrive([], 1, on);
    expect(await marks()).toEqual([{ resolution: 'open' }]);
    await arrive(full(5), 2, on);
    await fold(first, on, true);
    expect(await marks()).toEqual([{ resolution: 'superseded' }]);
  });

  test('null, absent and zero are three different things', async () => {
    const on = '2026-06-09';
    await arrive(
      [
        ['a', 0, null],
        ['a', 1, 0],
      ],
      0,
      on,
    );
    const { versions, ledger } = await contentOf(first, on);
    expect(versions.map(({ value }) => value)).toEqual([null, 0]);
    expect(ledger).toMatchObject([{ state: 'partial', present_points: 1, expected_points: 48 }]);
    expect(
      await arrive(
        [
          ['a', 0, null],
          ['a', 1, null],
        ],
        1,
        on,
      ),
    ).toMatchObject({ nulledPoints: 1, newPoints: 0 });
  });

  test('half a day is partial, the rest makes it complete', async () => {
    const on = '2026-06-10';
    expect(await arrive(full(5).slice(0, 20), 0, on)).toMatchObject({
      ledger: { state: 'partial', presentPoints: 20 },
    });
    const { ledger } = await arrive(full(5), 1, on);
    expect(ledger).toMatchObject({
      state: 'complete',
      revision: 0,
      completedAt: instantOf(on, 1),
      firstPublishedAt: instantOf(on, 0),
    });
    expect((await contentOf(first, on)).changes).toMatchObject([
      { kind: 'published', new_points: 20 },
      { kind: 'published', new_points: 28 },
    ]);
  });
});
