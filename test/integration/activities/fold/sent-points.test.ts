/** Are points that are sent a function of what came, in order of time, whatever is killed, and does a payload cost what it brings? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../../../activities/fold/lock-unit.ts';
import { foldLines, ofLines } from '../../../../activities/lines/fold-lines.ts';
import { LineSorter } from '../../../../activities/lines/sort-lines.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { type Sql, transaction } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import { packBody } from '../../../../db/queries/payloads/payload-body.ts';
import { defineDataset } from '../../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../../domain/dataset/points.ts';
import { suddenStep, validRange } from '../../../../domain/interpret/checks.ts';
import { sentPoints } from '../../../../domain/lines/sent-points.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { runs } from '../../../support/runs.ts';
import { SHORT_RULES } from '../../../support/short-patience.ts';

const STEP_MS = 900_000;
/** Not without end, or nothing would ever be written. */
const KILLS = 5;
const SERIES = ['a', 'b', 'c'];
/** Ninety days of quarters of an hour. */
const SEASON_STEPS = 90 * 96;
const DAY = '2026-06-01';
const START_MS = Date.parse(`${DAY}T00:00:00+02:00`);

/** Quarters of an hour of three series, sent or in files. */
function sent(id: string): PointDataset {
  return defineDataset<PointDataset>({
    ...{ shape: 'points', silence: 'nothing', id, title: 'Sent', description: 'Sent points.', unit: 'MW' },
    source: { id: 'sent', title: 'Sender', link: 'http://localhost/', timeZone: 'Europe/Zurich' },
    ...{ owner: 'nobody', licence: 'none', link: 'http://localhost/', access: 'open', retentionDays: null },
    ...{ firstDay: '2020-01-01', chunkDays: 7, decoderVersion: 1, finestSeconds: 900 },
    resolution: [{ from: '2020-01-01', minutes: 15 }],
    expectedSeries: [{ from: '2020-01-01', count: SERIES.length }],
    checks: [validRange(0, 1_000, 'MW'), suddenStep(500, 0.5, 'MW')],
    push: sentPoints(),
    files: { onlySeries: 'a', form: {} },
    seriesAttributes: () => ({}),
  });
}
const streamed = sent('sent.points');
const twin = sent('sent.twin');
const plain = defineDataset<PointDataset>({ ...withoutFiles(sent('sent.plain')), id: 'sent.plain' });

function withoutFiles({ files: _, ...rest }: PointDataset): PointDataset {
  return rest;
}

let testEnv: ApiEnvironment;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-sent-'));
  testEnv = await openApiEnvironment({
    catalog: catalogOf([streamed, twin, plain]),
    filesFolder: join(folder, 'texts'),
    retryRules: SHORT_RULES,
  });
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

const pointOf = (series: string, n: number, value: number | null) =>
  JSON.stringify({ series, starts_at: new Date(START_MS + n * STEP_MS).toISOString(), value });

/** Everything that the fold wrote, without ids that count up. */
async function contentOf({ id }: PointDataset, day: string) {
  return {
    versions: await testEnv.rows(
      `select series, starts_at, value, known_from, known_to from ${storageOf(id).versions} where delivery_day = $1 order by 1, 2, 4`,
      [day],
    ),
    findings: await testEnv.rows(
      `select rule, severity, series, starts_at, points, raw, reason, resolution, resolved_at, found_at from ops.finding
       where dataset = $1 and day = $2 and rule <> 'new_series'
       order by found_at, rule, series, starts_at, raw, reason, resolution`,
      [id, day],
    ),
    ledger: await testEnv.rows(
      `select state, expected_points, present_points, quarantined_points, revision, first_published_at, completed_at,
         last_changed_at
       from ops.delivery_day where dataset = $1 and day = $2`,
      [id, day],
    ),
    ...(id === plain.id
      ? {}
      : {
          hours: await testEnv.rows(
            `select * from sent.${id.slice(5)}_hourly where delivery_day = $1 order by series, starts_at`,
            [day],
          ),
          days: await testEnv.rows(
            `select * from sent.${id.slice(5)}_daily where delivery_day = $1 order by series`,
            [day],
          ),
        }),
  };
}

const valuesOf = ({ id }: PointDataset) =>
  testEnv.rows<{ series: string; at: Date; value: number | null }>(
    `select series, starts_at as at, value from ${storageOf(id).versions} where known_to is null order by 1, 2`,
  );

const fold = (dataset: PointDataset, day: string, again = false) =>
  transaction(testEnv.database, async (sql) => {
    await lockUnit(sql, dataset, day);
    return await foldUnit(sql, dataset, day, { again });
  });

type Line = readonly [series: string, n: number, value: number | null];

describe('the law of the fold', () => {
  let serial = 0;
  const anyLine: fc.Arbitrary<Line> = fc.tuple(
    fc.constantFrom(...SERIES),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(null, 0, 1, 700, 5_000, 5_000),
  );
  const anyArrivals = fc
    .array(fc.array(anyLine, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 7 })
    .chain((bodies) =>
      fc.shuffledSubarray(
        bodies.map((lines, at) => ({ lines, at })),
        { minLength: bodies.length },
      ),
    );

  async function store(sql: Sql, { id }: PointDataset, day: string, lines: readonly Line[], at: number) {
    const offset = (Date.parse(day) - Date.parse(DAY)) / STEP_MS;
    const body = Buffer.from(
      `${lines.map(([series, n, value]) => pointOf(series, n + offset, value)).join('\n')}\n`,
    );
    const packed = await packBody(body);
    // Not by insertPayload, which would move it behind what is there.
    await sql.query(
      `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
       values ($1, $2, $3, $3, $4, 'inbox', 202, '{}', $5, $6, $7)`,
      [
        id,
        day,
        new Date(Date.parse(`${day}T12:00:00Z`) + at * 60_000),
        packed.sha256,
        packed.sizeBytes,
        packed.encoding,
        packed.bytes,
      ],
    );
  }

  test.each([
    ['with rollups', streamed],
    ['without', plain],
  ])(
    'one by one in any order, again from the start, and a naive model: the same (%s)',
    async (_, dataset) => {
      await fc.assert(
        fc.asyncProperty(anyArrivals, async (arrivals) => {
          const day = addDays('2026-06-08', serial++);
          for (const { lines, at } of arrivals) {
            await store(testEnv.database, dataset, day, lines, at);
            await fold(dataset, day);
          }
          const incremental = await contentOf(dataset, day);
          await fold(dataset, day, true);
          expect(await contentOf(dataset, day)).toEqual(incremental);
          const current = new Map<string, number | null>();
          const held = new Set<string>();
          // In order of time the last line of a point counts; one that cannot be right leaves what was there, whatever payload brought it.
          for (const { lines } of arrivals.toSorted((a, b) => a.at - b.at))
            for (const [series, n, value] of lines) {
              const key = `${series} ${n}`;
              held.delete(key);
              if (value !== null && value > 1_000) held.add(key);
              else current.set(key, value);
            }
          const [ledger] = incremental.ledger as Record<string, unknown>[];
          const present = [...current.values()].filter((value) => value !== null).length;
          expect(ledger).toMatchObject({
            present_points: present,
            quarantined_points: held.size,
            expected_points: 288,
          });
          const standing = (incremental.versions as { known_to: Date | null; value: number | null }[]).filter(
            ({ known_to }) => known_to === null,
          );
          expect(standing.map(({ value }) => value).toSorted()).toEqual([...current.values()].toSorted());
        }),
        { numRuns: runs(12), seed: 20261122 },
      );
    },
    300_000,
  );
});

test('a payload reads what it brings, however many the day has', async () => {
  const lines = ofLines(plain);
  const day = '2026-09-01';
  const base = (Date.parse(day) - Date.parse(DAY)) / STEP_MS;
  // Of the session since its figures were last taken from it.
  const readSoFar = async (sql: Sql) =>
    (
      await sql.query<{ read: number }>(
        `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables`,
      )
    ).rows[0]?.read ?? 0;
  const send = (from: number, steps: number) =>
    transaction(testEnv.database, async (sql) => {
      const before = await readSoFar(sql);
      const sorter = new LineSorter(lines, Date.now());
      for (let n = from; n < from + steps; n++)
        sorter.add(Buffer.from(`${SERIES.map((series) => pointOf(series, base + n, 1)).join('\n')}\n`));
      await foldLines(sql, lines, sorter, new Date(), { url: 'inbox' });
      return (await readSoFar(sql)) - before;
    });
  // A table of one day is read whole because that is cheaper; that of a season, as it is in use, by its keys. Its figures are
  // taken now and by nobody else: autovacuum would take them at any time, and change the plan in the middle.
  await send(-SEASON_STEPS, SEASON_STEPS);
  await takeFigures();
  const read: number[] = [];
  for (let n = 0; n < 90; n++) read.push(await send(n, 1));
  const mean = (of: readonly number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;
  const [early, late] = [mean(read.slice(2, 8)), mean(read.slice(-6))];
  expect(late, `rows read by a payload: ${read.join(' ')}`).toBeLessThan(early * 1.25);
}, 300_000);

/** As autovacuum does, for every table, and keeps autovacuum from doing it again. */
async function takeFigures(): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  await client.query(`
    do $$ declare each regclass;
    begin
      for each in select oid from pg_class
        where relkind = 'r' and relnamespace in ('ops'::regnamespace, 'store'::regnamespace, '_timescaledb_internal'::regnamespace)
          and pg_get_userbyid(relowner) = 'tidemark_owner'
      loop execute format('alter table %s set (autovacuum_enabled = false)', each);
      end loop;
    end $$`);
  await client.query('analyze');
  await client.end();
}

test('what is sent while writers are killed is there once, as a rebuild and a file of it say it', async () => {
  const operator = await makeKey(testEnv, { role: 'operator' });
  await testEnv.startWorker();
  await wakeDrain(testEnv.temporal, streamed.id);
  let over = false;
  let killed = 0;
  const killing = killSessions(
    () => over,
    (sessions) => {
      killed += sessions;
    },
  );
  const current = new Map<string, { series: string; n: number; value: number }>();
  const days = 3;
  // On a quick machine all may be written before a session is met that writes.
  for (let request = 0; request < 30 || killed === 0; request++) {
    const points = Array.from({ length: 60 }, (_, i) => {
      const n = (request * 37 + i * 11) % (days * 96);
      const series = SERIES[(request + i) % SERIES.length] as string;
      return { series, n, value: ((request * 7 + i) % 100) + 1 };
    });
    for (const point of points) current.set(`${point.series} ${point.n}`, point);
    const broken = request % 10 === 0 ? ['{"series":"a"}', pointOf('a', 0.5, 1), pointOf('b', 2, 9_000)] : [];
    const payload = [...points.map(({ series, n, value }) => pointOf(series, n, value)), ...broken].join(
      '\n',
    );
    const url = `/v1/events/${streamed.id}`;
    const headers = { 'content-type': 'application/x-ndjson', ...operator.headers };
    let status = 0;
    // A sender sends again what was not answered.
    while (status !== 202)
      ({ statusCode: status } = await testEnv.api.inject({ method: 'POST', url, payload, headers }));
  }
  await expect.poll(async () => (await testEnv.rows('select 1 from ops.inbox')).length).toBe(0);
  over = true;
  await killing;
  const sent = [...current.values()].map(({ series, n, value }) => ({
    series,
    at: new Date(START_MS + n * STEP_MS),
    value,
  }));
  const inOrder = sent.toSorted((a, b) =>
    a.series === b.series ? a.at.getTime() - b.at.getTime() : a.series < b.series ? -1 : 1,
  );
  const since = async (dataset: PointDataset) =>
    (await valuesOf(dataset)).filter(({ at }) => at.getTime() < START_MS + days * 96 * STEP_MS);
  expect(await since(streamed)).toEqual(inOrder);

  const to = addDays(DAY, days - 1);
  const rebuild = await startRebuild(testEnv.temporal, { dataset: streamed.id, from: DAY, to, dryRun: true });
  expect(await rebuild.result()).toMatchObject({ differences: [], errors: {} });

  const file = join(folder, 'twin.csv');
  const rows = inOrder.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  writeFileSync(
    file,
    `time,series,value\n${rows.map(({ series, at, value }) => `${at.toISOString()},${series},${value}`).join('\n')}\n`,
  );
  await (await startLoad(testEnv.temporal, { dataset: twin.id, file })).result();
  expect(await valuesOf(twin)).toEqual(inOrder);
  const rolled = async ({ id }: PointDataset) =>
    await testEnv.rows(
      `select * from sent.${id.slice(5)}_daily where delivery_day <= $1 order by delivery_day, series`,
      [to],
    );
  expect(await rolled(twin)).toEqual(await rolled(streamed));
  const rebuilt = await startRebuild(testEnv.temporal, { dataset: twin.id, from: DAY, to, dryRun: true });
  expect(await rebuilt.result()).toMatchObject({ differences: [], errors: {} });
});

/** Sessions that write are ended in the middle of it. */
async function killSessions(until: () => boolean, onKilled: (sessions: number) => void): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  let killed = 0;
  while (killed < KILLS && !until()) {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'tidemark test' and datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
       limit 1`,
    );
    killed += rowCount ?? 0;
    onKilled(rowCount ?? 0);
    await client.query('select pg_sleep(0.3)');
  }
  await client.end();
}
