/** Are records a function of their payloads, like observations: in whatever order, pieces and repetitions they came? */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogOfFolders } from '../../../../datasets/catalog.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import { isOfRecords } from '../../../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../../../domain/dataset/records.ts';
import { openRecordsEnvironment, type RecordsEnvironment } from '../../../support/records-environment.ts';
import { registerEnabled } from '../../../support/register-datasets.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRecord, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const upserts = ['one', 'two', 'three'].map((name) => sampleRecordDataset({ id: `sample.${name}` })) as [
  RecordDataset,
  RecordDataset,
  RecordDataset,
];
const [stepwise, shuffled, batch] = upserts;
const snapshot = sampleRecordDataset({ id: 'sample.snapshot', silence: 'withdraw', period: 'year' });
const simple = sampleRecordDataset({ id: 'sample.simple' });

let testEnv: RecordsEnvironment;
beforeAll(async () => {
  testEnv = await openRecordsEnvironment([...upserts, snapshot, simple]);
});
afterAll(() => testEnv.close());

const DAYS = ['2026-03-28', '2026-03-29', '2026-03-30'];
/** Minute by minute. */
const instant = (minute: number) => new Date(Date.parse('2026-04-01T00:00:00Z') + minute * 60_000);

interface SentVersion {
  readonly key: number;
  readonly version: number;
  readonly day: number;
  readonly ended: boolean;
}

/** What a version says follows from its number, so that it is the same wherever it comes. */
function recordOf({ key, version, day, ended }: SentVersion): SampleRecord {
  const at = `${DAYS[day]}T10:0${version}:00Z`;
  return { key: `k${key}`, at, version, body: ended ? null : { colour: `c${version}`, price: version / 10 } };
}

/** Versions of few records, some of which move to another day or end. A number says one thing. */
const versions = fc.uniqueArray(
  fc.record({
    key: fc.nat(3),
    version: fc.nat(4),
    day: fc.nat(DAYS.length - 1),
    ended: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  }),
  { selector: ({ key, version }) => `${key} ${version}`, minLength: 1, maxLength: 12 },
);

/** Pieces as they are delivered: of each payload the day and what it says; broken lines too. */
function deliveries(
  sent: readonly SentVersion[],
  order: readonly number[],
  cut: number,
): (readonly SentVersion[])[] {
  const all = order.map((index) => sent[index % sent.length] as SentVersion);
  const pieces: SentVersion[][] = [];
  for (let from = 0; from < all.length; from += cut) pieces.push(all.slice(from, from + cut));
  return pieces;
}

async function deliver(
  dataset: RecordDataset,
  pieces: readonly (readonly SentVersion[])[],
  { foldEach }: { foldEach: boolean },
): Promise<void> {
  for (const [minute, piece] of pieces.entries()) {
    for (const [index, day] of DAYS.entries()) {
      const lines = piece.filter((each) => each.day === index).map(recordOf);
      if (lines.length === 0) continue;
      const extra = minute % 3 === 0 ? ['!broken'] : [];
      const at = new Date(instant(minute).getTime() + index);
      if (foldEach) await testEnv.publish(dataset, day, at, [...lines, ...extra]);
      else
        await testEnv.store(
          dataset,
          day,
          at,
          Buffer.from([...lines.map((l) => JSON.stringify(l)), ...extra].join('\n')),
        );
    }
  }
  if (!foldEach) for (const day of await daysOf(dataset)) await testEnv.fold(dataset, day);
}

async function daysOf({ id }: RecordDataset): Promise<string[]> {
  const found = await testEnv.rows<{ day: string }>(
    'select distinct day from ops.payload where dataset = $1 order by day',
    [id],
  );
  return found.map(({ day }) => day);
}

/** Back to the beginning, as no role of ours may. */
async function empty({ id }: RecordDataset): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.stored.url });
  await client.connect();
  const { current, closed } = storageOf(id);
  await client.query(`delete from ${current}; delete from ${closed}`);
  for (const table of ['change', 'finding', 'delivery_day', 'payload'])
    await client.query(`delete from ops.${table} where dataset = $1`, [id]);
  await client.end();
}

describe('records that come piece by piece', () => {
  test('the law: folding step by step equals folding again, day by day, whatever the order of days', async () => {
    await fc.assert(
      fc.asyncProperty(
        versions,
        fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.shuffledSubarray(DAYS, { minLength: 3 }),
        async (sent, order, cut, days) => {
          await empty(stepwise);
          await deliver(stepwise, deliveries(sent, order, cut), { foldEach: true });
          const before = await testEnv.contentOf(stepwise);
          const known = await daysOf(stepwise);
          for (const day of days.filter((each) => known.includes(each))) {
            await testEnv.fold(stepwise, day, true);
            expect(await testEnv.contentOf(stepwise)).toEqual(before);
          }
        },
      ),
      { numRuns: runs(6), endOnFailure: true },
    );
  }, 300_000);

  test('shuffled, doubled and in pieces ends in the state that one batch gives', async () => {
    const stateOf = async (dataset: RecordDataset) => {
      const { versions: all, ledger } = await testEnv.contentOf(dataset);
      return {
        versions: (all as Record<string, unknown>[]).map(
          ({ known_from: _, known_to: __, revision: ___, ...rest }) => rest,
        ),
        present: (ledger as { day: string; present_points: number }[]).map((row) => [
          row.day,
          row.present_points,
        ]),
      };
    };
    await fc.assert(
      fc.asyncProperty(
        versions,
        fc.array(fc.nat(30), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        async (sent, more, cut) => {
          await empty(shuffled);
          await empty(batch);
          const once = sent.map((_, index) => index);
          // Each at least once, in an order that the further ones decide.
          const order = [...more, ...once].toSorted(
            (a, b) => ((a * 7 + more.length) % 5) - ((b * 7 + more.length) % 5),
          );
          await deliver(shuffled, deliveries(sent, order, cut), { foldEach: true });
          await deliver(batch, deliveries(sent, once, once.length), { foldEach: false });
          expect(await stateOf(shuffled)).toEqual(await stateOf(batch));
        },
      ),
      { numRuns: runs(6), endOnFailure: true },
    );
  }, 300_000);

  test('a late lower version overwrites nothing, and stands in its place', async () => {
    const at = `${DAYS[0]}T12:00:00Z`;
    const say = (version: number, colour: string): SampleRecord => ({
      key: 'late',
      at,
      version,
      body: { colour },
    });
    await testEnv.publish(simple, '2026-03-28', instant(1), [say(3, 'red')]);
    await testEnv.publish(simple, '2026-03-28', instant(2), [say(1, 'blue')]);
    expect(await testEnv.rows('select key, version, colour from sample.simple')).toEqual([
      { key: 'late', version: 3, colour: 'red' },
    ]);
    expect(
      await testEnv.rows(
        'select version, is_current, known_from, known_to from sample.simple_versions order by version',
      ),
    ).toEqual([
      { version: 1, is_current: false, known_from: instant(2), known_to: instant(2) },
      { version: 3, is_current: true, known_from: instant(1), known_to: null },
    ]);
    expect(await testEnv.rows('select * from sample.simple_as_of($1)', [instant(0)])).toEqual([]);
    expect(await testEnv.rows('select version from sample.simple_as_of($1)', [instant(2)])).toEqual([
      { version: 3 },
    ]);
  });

  test('a version that says something else under the same number is left out, and a finding tells', async () => {
    const record = { key: 'twice', at: `${DAYS[1]}T12:00:00Z`, version: 1, body: { colour: 'red' } };
    await testEnv.publish(simple, '2026-03-29', instant(1), [record]);
    const { ledger } = await testEnv.publish(simple, '2026-03-29', instant(2), [
      { ...record, body: { colour: 'green' } },
    ]);
    expect(ledger).toMatchObject({ state: 'complete', presentPoints: 1, revision: 0 });
    expect(await testEnv.rows(`select colour from sample.simple where key = 'twice'`)).toEqual([
      { colour: 'red' },
    ]);
    expect(await testEnv.rows(`select rule, severity from ops.finding where series = 'twice'`)).toEqual([
      { rule: 'conflicting_version', severity: 'warn' },
    ]);
  });

  test('what jsonb cannot hold, values of another type and odd keys do not stop the others', async () => {
    const say = (key: string, body: SampleRecord['body'], at = `${DAYS[2]}T12:00:00Z`): SampleRecord => ({
      ...{ key, at, version: 0, body },
    });
    const { ledger } = await testEnv.publish(simple, '2026-03-30', instant(1), [
      say('nul', { colour: 'a\u0000b', '\u0000': '\ud800' }),
      say('typed', { price: 'cheap' }),
      say('dated', { since: '2026-02-30' }),
      say('seen', { seen: '2026-02-28T10:00:00+01:00' }),
      say('bad\u0007key', { price: 1 }),
      say('year', { price: 1 }, '+012026-01-01T00:00:00Z'),
      say('good', { price: 1.5, sold: true, since: '2026-02-28', odd: [1, { deep: null }] }),
    ]);
    expect(ledger).toMatchObject({ state: 'quarantined', presentPoints: 3, quarantinedPoints: 4 });
    expect(
      await testEnv.rows(`select key, colour, price, sold, since, seen, body from sample.simple
        where delivery_day = '2026-03-30' order by key`),
    ).toEqual([
      expect.objectContaining({ key: 'good', price: '1.5', sold: true, since: '2026-02-28' }),
      expect.objectContaining({ key: 'nul', colour: 'a\\u0000b' }),
      expect.objectContaining({ key: 'seen', seen: new Date('2026-02-28T09:00:00Z') }),
    ]);
  });
});

describe('what tells of a person', () => {
  const readAs = (role: string) =>
    transaction(testEnv.stored.database, async (sql) => {
      await sql.query(`set local role ${role}`);
      const from = async (relation: string) =>
        (await sql.query(`select colour, holder, body from ${relation} where key = 'held'`)).rows;
      return {
        latest: await from('sample.simple'),
        versions: await from('sample.simple_versions'),
        asOf: await from('sample.simple_as_of(now())'),
      };
    });

  test('is masked for readers without the grant, in columns and bodies, unknown fields too', async () => {
    const body = { colour: 'red', holder: 'Jane Doe', phone: '0123' };
    await testEnv.publish(simple, '2026-04-02', instant(1), [
      { key: 'held', at: '2026-04-02T10:00:00Z', version: 0, body },
    ]);
    const masked = [
      { colour: 'red', holder: null, body: { colour: 'red', hidden_fields: ['holder', 'phone'] } },
    ];
    const open = [{ colour: 'red', holder: 'Jane Doe', body }];
    const client = new pg.Client({ connectionString: testEnv.stored.url });
    await client.connect();
    const desk = `desk_${randomUUID().replaceAll('-', '')}`;
    await client.query(
      `create role ${desk}; grant tidemark_reader to ${desk}; grant ${desk} to tidemark_writer`,
    );
    expect(await readAs(desk)).toEqual({ latest: masked, versions: masked, asOf: masked });
    await client.query(`grant tidemark_personal to ${desk}`);
    expect(await readAs(desk)).toEqual({ latest: open, versions: open, asOf: open });
    await client.query(`drop role ${desk}`);
    await client.end();
    expect(await readAs('tidemark_writer')).toEqual({ latest: open, versions: open, asOf: open });
  });
});

test('a third dataset of records is one file: found, registered, folded and read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-datasets-'));
  await mkdir(join(folder, 'library'));
  await writeFile(join(folder, 'library/loans.ts'), LOANS);
  const found = (await catalogOfFolders([folder])).find('library.loans');
  await rm(folder, { recursive: true });
  if (!isOfRecords(found)) throw new Error('not of records');
  await registerEnabled(testEnv.stored.database, [found]);
  await testEnv.store(found, '2026-04-01', instant(1), Buffer.from('1;2026-04-01T10:00:00Z;Moby-Dick'));
  await testEnv.fold(found, '2026-04-01');
  expect(await testEnv.rows('select key, title, is_current from library.loans')).toEqual([
    { key: '1', title: 'Moby-Dick', is_current: true },
  ]);
  expect(
    await testEnv.rows(
      `select shape, ingestion, relation from catalog.dataset where dataset = 'library.loans'`,
    ),
  ).toEqual([{ shape: 'records', ingestion: ['push'], relation: 'library.loans' }]);
});

const LOANS = `
import { defineDataset } from '${new URL('../../../../domain/dataset/dataset.ts', import.meta.url).href}';
export default defineDataset({
  shape: 'records',
  id: 'library.loans',
  source: { id: 'library', title: 'Library', link: 'http://localhost/', timeZone: 'UTC' },
  title: 'Loans', description: 'Books that somebody has.', unit: 'loans', owner: 'nobody', licence: 'none',
  link: 'http://localhost/', access: 'open', retentionDays: null, firstDay: '2020-01-01', chunkDays: 30, decoderVersion: 1,
  silence: 'nothing', period: 'day', push: { lines: { isHeader: () => false, instantOf: () => undefined } },
  fields: [{ name: 'title', type: 'text', description: 'of the book' }],
  decode: (body) => ({
    findings: [],
    records: new TextDecoder().decode(body).split('\\n').map((line, i) => {
      const [key, at, title] = line.split(';');
      return { key, startsAtMs: Date.parse(at), version: 1, body: { title }, place: 'line ' + (i + 1) };
    }),
  }),
});
`;

describe('records of which each answer says all there is', () => {
  const say = (key: string, colour: string): SampleRecord => ({
    ...{ key, at: '2026-04-27T00:00:00Z', version: 0, body: { colour } },
  });

  test('absent ones were withdrawn as of then, and come back as a later version', async () => {
    const year = '2026-01-01';
    await testEnv.publish(snapshot, year, instant(1), [say('a', 'red'), say('b', 'red')]);
    await testEnv.publish(snapshot, year, instant(2), [say('a', 'blue')]);
    await testEnv.publish(snapshot, year, instant(3), [say('a', 'blue')]);
    const { ledger } = await testEnv.publish(snapshot, year, instant(4), [
      say('b', 'green'),
      say('a', 'blue'),
    ]);
    expect(ledger).toMatchObject({ state: 'complete', presentPoints: 2, revision: 1 });
    expect(
      await testEnv.rows(
        'select key, colour, revision, known_from, known_to from sample.snapshot_versions order by key, revision',
      ),
    ).toEqual([
      { key: 'a', colour: 'red', revision: 0, known_from: instant(1), known_to: instant(2) },
      { key: 'a', colour: 'blue', revision: 1, known_from: instant(2), known_to: null },
      { key: 'b', colour: 'red', revision: 0, known_from: instant(1), known_to: instant(2) },
      { key: 'b', colour: 'green', revision: 1, known_from: instant(4), known_to: null },
    ]);
    const asOf = await testEnv.rows('select key, colour from sample.snapshot_as_of($1)', [instant(3)]);
    expect(asOf).toEqual([{ key: 'a', colour: 'blue' }]);
    // The answer that said the same again moved the sighting of the one before.
    expect(
      await testEnv.rows(
        `select seen_count from ops.payload where dataset = 'sample.snapshot' order by fetched_at`,
      ),
    ).toEqual([{ seen_count: 1 }, { seen_count: 2 }, { seen_count: 1 }, { seen_count: 1 }]);
  });

  test('the law: folding step by step equals folding again', async () => {
    const answer = fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(2)), { selector: ([key]) => key, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 6 }), async (answers) => {
        await empty(snapshot);
        for (const [minute, records] of answers.entries()) {
          const lines = records.map(([key, colour]) => say(`k${key}`, `c${colour}`));
          await testEnv.publish(snapshot, '2026-01-01', instant(minute), [
            ...lines,
            ...(minute % 3 === 1 ? ['!x'] : []),
          ]);
        }
        const before = await testEnv.contentOf(snapshot);
        await testEnv.fold(snapshot, '2026-01-01', true);
        expect(await testEnv.contentOf(snapshot)).toEqual(before);
      }),
      { numRuns: runs(6), endOnFailure: true },
    );
  }, 300_000);
});
