/**
 * Does a reader who starts at the beginning of the feed and reads again what it names end with exactly the latest rows, and does every
 * count of the ledger equal its relation, for each shape and way of coming, whatever happens?
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEraseUnit } from '../../../../activities/erase/erase-unit.ts';
import { createPlanErasure } from '../../../../activities/erase/plan-erasure.ts';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../../../activities/fold/lock-unit.ts';
import { foldLines, ofLines } from '../../../../activities/lines/fold-lines.ts';
import { type LineDataset, LineSorter } from '../../../../activities/lines/sort-lines.ts';
import { rebuild } from '../../../../activities/rebuild/rebuild-day.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { checkoutEvents } from '../../../../datasets/checkout/events.ts';
import { SCHEMA_VERSION } from '../../../../datasets/checkout/schemas.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { insertErasure } from '../../../../db/queries/payloads/erasures.ts';
import type { Dataset } from '../../../../domain/dataset/dataset.ts';
import type { PulledRecords, RecordDataset } from '../../../../domain/dataset/records.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { bundled } from '../../../support/bundled.ts';
import {
  bring,
  bringBody,
  catalogWith,
  HOURS,
  poll,
  QUARTERS,
  sampleDerived,
} from '../../../support/derived-environment.ts';
import { countsOf, latestRows, NaiveFollower } from '../../../support/naive-follower.ts';
import { openRecordsEnvironment, type RecordsEnvironment } from '../../../support/records-environment.ts';
import { runs } from '../../../support/runs.ts';
import { event } from '../../../support/sample-events.ts';
import { recordLines, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const users = bundled<RecordDataset>('checkout.users');

const DAYS = ['2026-03-28', '2026-03-29', '2026-03-30'] as const;
/** Who is erased next: lines of somebody who was erased are dropped when they come again. */
let person = 0;
const personNow = () => `person-${person}`;
/** Records of lines by their own version, and by arrival; records of which an answer says all there is; points, and what is derived of them. */
const events = { ...checkoutEvents(SCHEMA_VERSION), id: 'law.events' } as LineDataset & RecordDataset;
const things = { ...users, id: 'law.things' } as RecordDataset;
const answers = sampleRecordDataset({ id: 'sample.answers', silence: 'withdraw' }) as PulledRecords;
const hours = { ...HOURS, checks: [validRange(0, 1_000, 'MW')] };
const derived = sampleDerived();
const all = [events, things, answers, QUARTERS, hours, derived];

let testEnv: RecordsEnvironment;
let serial = 0;
beforeAll(async () => {
  testEnv = await openRecordsEnvironment(all as unknown as RecordDataset[]);
});
afterAll(() => testEnv.close());

const day = fc.constantFrom(...DAYS);
const lineOfEvent = fc.record({
  id: fc.constantFrom('e1', 'e2', 'e3', 'e4'),
  version: fc.nat(4),
  isOfPerson: fc.boolean(),
  day,
  form: fc.constantFrom('fine', 'fine', 'fine', 'fine', 'ended', 'unknown'),
});
const lineOfThing = fc.record({
  user_id: fc.constantFrom('u1', 'u2', 'u3'),
  country: fc.constantFrom('NL', 'CH'),
  deleted: fc.integer({ max: 4, min: 0 }).map((n) => n === 0),
});
const some = <T>(of: fc.Arbitrary<T>, maxLength = 5) => fc.array(of, { minLength: 1, maxLength });
/** Something that happens. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('events' as const), lines: some(lineOfEvent) }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('things' as const), day, lines: some(lineOfThing) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('answer' as const),
      day,
      records: fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(2)), { selector: ([key]) => key, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('points' as const),
      day,
      of: fc.constantFrom('a' as const, 'b' as const),
      // A thousand and more is quarantined.
      values: fc.array(fc.constantFrom(null, 1, 2, 5_000), { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('release' as const), day }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('rebuild' as const), day, of: fc.nat(all.length - 1) }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'erase' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'poll' as const }) },
  { weight: 2, arbitrary: fc.constant({ what: 'follow' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What a line says is different each time: nothing is known by its bytes. */
function linesOf(sent: Extract<Step, { what: 'events' }>['lines']): string[] {
  return sent.map(({ day: of, form, isOfPerson, ...fields }) => {
    serial += 1;
    const user_id = isOfPerson ? personNow() : 'user-other';
    const said = { ...fields, user_id, time: `${of}T10:00:00Z`, note: serial };
    if (form === 'ended') return JSON.stringify({ ...said, deleted: true });
    return JSON.stringify(event({ ...said, ...(form === 'unknown' ? { type: 'Other' } : {}) }));
  });
}

async function send(dataset: RecordDataset, lines: readonly string[], arrivedOn: string): Promise<void> {
  const sorter = new LineSorter(ofLines(dataset), Date.parse(`${arrivedOn}T12:00:00Z`));
  sorter.add(Buffer.from(lines.map((each) => `${each}\n`).join('')));
  const { database } = testEnv.stored;
  await transaction(database, (sql) => foldLines(sql, ofLines(dataset), sorter, new Date(), { url: 'test' }));
}

async function happen(of: Exclude<Step, { what: 'follow' }>): Promise<void> {
  const { database } = testEnv.stored;
  if (of.what === 'events') return await send(events, linesOf(of.lines), DAYS[0]);
  if (of.what === 'things')
    return await send(
      things,
      of.lines.map((each) => JSON.stringify(each)),
      of.day,
    );
  if (of.what === 'answer') {
    const at = `${of.day}T10:00:00Z`;
    const records = of.records.map(([key, n]) => ({ key: `k${key}`, at, version: 0, body: { price: n } }));
    return await bringBody(database, answers, of.day, recordLines(records));
  }
  if (of.what === 'points') {
    const dataset = of.of === 'a' ? QUARTERS : hours;
    const starts = intervalStarts(dataset, of.day);
    const rows = of.values.map((value, i) => [of.of, new Date(starts[i] ?? 0).toISOString(), value] as const);
    return await bring(database, dataset, of.day, rows);
  }
  if (of.what === 'release') return await release(of.day);
  if (of.what === 'erase') return await erase();
  if (of.what === 'poll') return void (await poll(database, catalogWith(derived), derived));
  const rebuilt = await rebuilding(all[of.of] as Dataset, of.day);
  expect(rebuilt).toMatchObject({ values: 0, versions: 0, counts: 0, examples: [] });
}

const rebuilding = (dataset: Dataset, of: string) =>
  transaction(testEnv.stored.database, async (sql) => {
    await lockUnit(sql, dataset, of);
    return await rebuild(sql, dataset, of);
  });

/** Releases what the range rule quarantines of a day, as `decideDay` does. */
async function release(of: string): Promise<void> {
  await transaction(testEnv.stored.database, async (sql) => {
    await lockUnit(sql, hours, of);
    await sql.query(
      `insert into ops.decision (
         dataset, day, verb, rule, series, starts_at, finding_text, decided_at, decided_by, reason, workflow_id, run_id)
       select f.dataset, f.day, 'release', f.rule, f.series, f.starts_at, f.raw,
         greatest(clock_timestamp(), (select max(last_seen_at) + interval '1 ms' from ops.payload p where p.dataset = $1 and p.day = $2)),
         'somebody', 'because', 'test', 'test'
       from ops.finding f
       where f.dataset = $1 and f.day = $2 and f.resolution = 'open' and f.severity = 'block' and f.starts_at is not null`,
      [hours.id, of],
    );
    await foldUnit(sql, hours, of, {});
  });
}

async function erase(): Promise<void> {
  const { database } = testEnv.stored;
  const deps = { catalog: catalogOf([events]), database } as unknown as Parameters<typeof createEraseUnit>[0];
  const run = <I, O>(work: (input: I) => Promise<O>, input: I) =>
    new MockActivityEnvironment().run(work, input) as Promise<O>;
  const wanted = { dataset: events.id, person: personNow(), mentions: [], by: 'test', reason: 'asked for' };
  person += 1;
  const erasure = await insertErasure(database, { ...wanted, dryRun: false });
  const { units } = await run(createPlanErasure(deps), { erasure });
  for (const unit of units) await run(createEraseUnit(deps), { erasure, unit, look: false });
}

async function expectCounted(): Promise<void> {
  for (const dataset of all) {
    const { ledger, relation } = await countsOf(testEnv.stored.database, dataset);
    expect({ of: dataset.id, ledger }).toEqual({ of: dataset.id, ledger: relation });
  }
}

async function expectFollowed(follower: NaiveFollower): Promise<void> {
  await follower.follow();
  for (const dataset of all)
    expect({ of: dataset.id, rows: follower.held(dataset) }).toEqual({
      of: dataset.id,
      rows: await latestRows(testEnv.stored.database, dataset),
    });
}

describe('the law of the follower', () => {
  test('a record that moves to another day leaves the first one in the feed and the ledger', async () => {
    const follower = new NaiveFollower(testEnv.stored.database, all);
    await send(
      events,
      [JSON.stringify(event({ id: 'mv1', version: 1, time: '2025-06-01T10:00:00Z' }))],
      DAYS[0],
    );
    await follower.follow();
    await send(
      events,
      [JSON.stringify(event({ id: 'mv1', version: 2, time: '2025-06-02T10:00:00Z' }))],
      DAYS[0],
    );
    expect(
      await testEnv.rows(
        `select day, present_points, expected_points, revision from ops.delivery_day
         where dataset = $1 and day < '2026-01-01' order by day`,
        [events.id],
      ),
    ).toEqual([
      { day: '2025-06-01', present_points: 0, expected_points: 0, revision: 1 },
      { day: '2025-06-02', present_points: 1, expected_points: 1, revision: 1 },
    ]);
    await expectFollowed(follower);
    // The other way round: the later version comes first.
    await send(
      events,
      [JSON.stringify(event({ id: 'mv2', version: 2, time: '2025-06-02T10:00:00Z' }))],
      DAYS[0],
    );
    await send(
      events,
      [JSON.stringify(event({ id: 'mv2', version: 1, time: '2025-06-01T10:00:00Z' }))],
      DAYS[0],
    );
    await expectCounted();
    await expectFollowed(follower);
  });

  test('a rebuild tells of other days whose records change with it, and of wrong counts', async () => {
    const follower = new NaiveFollower(testEnv.stored.database, all);
    const at = (of: string) => `${of}T10:00:00Z`;
    await send(events, [JSON.stringify(event({ id: 'rb', version: 1, time: at('2025-07-01') }))], DAYS[0]);
    await send(events, [JSON.stringify(event({ id: 'rb', version: 2, time: at('2025-07-02') }))], DAYS[0]);
    await follower.follow();
    // Another decoder sees nothing in the later version.
    const decode: RecordDataset['decode'] = (body, of) => {
      const { records, findings } = events.decode(body, of);
      return { records: records.filter(({ version }) => version !== 2), findings };
    };
    expect(await rebuilding({ ...events, decode }, '2025-07-02')).toMatchObject({
      ...{ values: 1, versions: 1, counts: 2 },
      examples: expect.arrayContaining([
        'present_points of the ledger: 1 becomes 0',
        '2025-07-01 differs too: 1 records come back, 0 are others, 0 leave',
      ]),
    });
    await expectCounted();
    await expectFollowed(follower);
    expect(await rebuilding(events, '2025-07-02')).toMatchObject({ values: 1 });
    await expectCounted();
    await expectFollowed(follower);
    await testEnv.stored.database.query(
      `update ops.delivery_day set present_points = 7, expected_points = 7 where dataset = $1 and day = '2025-07-01'`,
      [events.id],
    );
    expect(await rebuilding(events, '2025-07-01')).toMatchObject({
      ...{ values: 0, versions: 0, findings: 0, counts: 2 },
      examples: ['expected_points of the ledger: 7 becomes 0', 'present_points of the ledger: 7 becomes 0'],
    });
    await expectCounted();
  });

  test('whatever happens, one that reads now and then, and one that begins at the end', async () => {
    let follower = new NaiveFollower(testEnv.stored.database, all);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (history) => {
        for (const each of history) {
          if (each.what === 'follow') await follower.follow();
          else await happen(each);
          await expectCounted();
        }
        await expectFollowed(follower);
        follower = new NaiveFollower(testEnv.stored.database, all);
        await expectFollowed(follower);
      }),
      { numRuns: runs(12), endOnFailure: true },
    );
  }, 300_000);

  test('while several write, load, rebuild and erase', async () => {
    const follower = new NaiveFollower(testEnv.stored.database, all);
    const histories = fc.sample(fc.array(step, { minLength: 12, maxLength: 12 }), { numRuns: 4, seed: 38 });
    let writing = true;
    const reading = (async () => {
      while (writing) await follower.follow();
    })();
    const write = async (history: readonly Step[]) => {
      for (const each of history) if (each.what !== 'follow' && each.what !== 'poll') await happen(each);
    };
    await Promise.all(histories.map(write));
    writing = false;
    await reading;
    await expectCounted();
    await expectFollowed(follower);
  });
});
