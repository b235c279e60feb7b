/** Do migrations, storage and the SQL of datasets hold when several start at once? Who may do what: roles.test.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { applyScripts, missingScripts } from '../../../db/migration/dataset-scripts.ts';
import { migrate, missingMigrations } from '../../../db/migration/migrate.ts';
import { storageOf } from '../../../db/migration/storage.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { registerEnabled } from '../../support/register-datasets.ts';
import { sampleDataset } from '../../support/sample-dataset.ts';

describe('an empty database', () => {
  test('is migrated once by five that start at the same time', async () => {
    const { url, drop } = await createEmptyDatabase();
    const reader = openDatabase({ url, application: 'test', maxConnections: 1 });
    expect((await missingMigrations(reader)).length).toBeGreaterThan(1);
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(url)));
    expect(ran.flat().toSorted()).toEqual([...new Set(ran.flat())].toSorted());
    expect(ran.flat().length).toBeGreaterThan(1);
    expect(await missingMigrations(reader)).toEqual([]);
    expect(await migrate(url)).toEqual([]);
    await reader.end();
    await drop();
  });

  test('gets every dataset’s storage from its definition, by workers that start at once', async () => {
    const { url, drop } = await createEmptyDatabase();
    await migrate(url);
    const database = openDatabase({ url, role: 'tidemark_writer', application: 'test' });
    const { datasets } = await loadCatalog(datasetPlaces());
    const added = sampleDataset({ id: 'sample.another-table' });
    await Promise.all(Array.from({ length: 4 }, () => registerEnabled(database, [...datasets, added])));
    const { rows } = await database.query(
      `select hypertable_name from timescaledb_information.hypertables where hypertable_schema = 'store' order by 1`,
    );
    const stored = [...datasets, added].map(({ id }) => id.replaceAll('-', '_').replace('.', '__'));
    const tables = stored.flatMap((table) => [table, `${table}__closed`]);
    expect(rows.map(({ hypertable_name }) => hypertable_name)).toEqual(tables.toSorted());
    const columns = async (relation: string) =>
      (await database.query(`select * from ${relation}`)).fields.map(({ name }) => name);
    expect(await columns('sample.another_table')).toEqual([
      'delivery_day',
      'starts_at',
      'ends_at',
      'series',
      'value',
      'known_at',
      'payload_id',
    ]);
    expect(await columns('sample.another_table_versions')).toEqual([
      'delivery_day',
      'starts_at',
      'ends_at',
      'series',
      'value',
      'known_from',
      'known_to',
      'payload_id',
    ]);
    expect(await columns('sample.another_table_as_of(now())')).toEqual(await columns('sample.another_table'));
    await database.end();
    await drop();
  });

  test('may be prepared for its datasets while somebody changes what our grants change', async () => {
    const { url, drop } = await createEmptyDatabase();
    await migrate(url);
    const database = openDatabase({ url, role: 'tidemark_writer', application: 'test' });
    const owner = openDatabase({ url, role: 'tidemark_owner', application: 'test' });
    const { datasets } = await loadCatalog(datasetPlaces());
    await registerEnabled(database, datasets);
    // What a worker does that writes the first rows of a dataset: its chunk touches the table's entry.
    const other = await owner.connect();
    await other.query('begin; grant select on store.jao_core__max_exchanges to tidemark_owner');
    const registered = registerEnabled(database, datasets);
    // Other databases of the server have other tests, which wait for locks too.
    const waiting = async () =>
      (
        await owner.query(
          'select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()',
        )
      ).rowCount;
    await expect.poll(waiting).toBe(1);
    await other.query('commit');
    other.release();
    await expect(registered).resolves.toBeUndefined();
    await Promise.all([database.end(), owner.end()]);
    await drop();
  });

  test('with migrations that ours do not continue is refused', async () => {
    const { url, drop } = await createEmptyDatabase();
    await migrate(url);
    const owner = openDatabase({ url, role: 'tidemark_owner', application: 'test' });
    await owner.query(`update ops.migration set name = '0001_another_layout' where name = '0001_roles'`);
    await expect(migrate(url)).rejects.toThrow(
      'Not run migration 0001_roles is preceding already run migration 0001_another_layout',
    );
    await owner.end();
    await drop();
  });

  test('refuses names that would not be safe or would hide a schema of ours', async () => {
    const { url, drop } = await createEmptyDatabase();
    await migrate(url);
    const database = openDatabase({ url, role: 'tidemark_writer', application: 'test' });
    const ensure = (dataset: string) =>
      database.query('select ops.ensure_storage($1, 30, false, null)', [dataset]);
    for (const dataset of ['x', 'a.b.c', 'A.b', 'a.b"; drop schema ops cascade; --', `a.${'b'.repeat(60)}`]) {
      await expect(ensure(dataset)).rejects.toThrow('is not <source>.<dataset>');
    }
    for (const dataset of ['ops.x', 'store.x', 'public.x', 'pg-catalog.x', 'timescaledb-information.x']) {
      await expect(ensure(dataset)).rejects.toThrow('cannot be the name of a source');
    }
    await database.end();
    await drop();
  });
});

describe('SQL of a dataset’s own', () => {
  const dataset = sampleDataset({ id: 'sample.own' });
  const script = (more: string) => ({
    dataset: dataset.id,
    text: `create or replace view sample.own_latest as select max(starts_at) as starts_at${more} from sample.own;
      grant select on sample.own_latest to tidemark_reader;`,
  });
  let testEnv: TestDatabase;
  beforeAll(async () => {
    testEnv = await createTestDatabase([dataset]);
  });
  afterAll(() => testEnv.drop());

  test('is applied once by several that start at the same time, and again when it has changed', async () => {
    const first = [script('')];
    expect(await missingScripts(testEnv.database, first)).toEqual([dataset.id]);
    const ran = await Promise.all(Array.from({ length: 4 }, () => applyScripts(testEnv.url, first)));
    expect(ran.flat()).toEqual([dataset.id]);
    expect(await missingScripts(testEnv.database, first)).toEqual([]);
    const second = [script(', count(*) as points')];
    expect(await applyScripts(testEnv.url, second)).toEqual([dataset.id]);
    expect(await applyScripts(testEnv.url, second)).toEqual([]);
    const reader = openDatabase({ url: testEnv.url, role: 'tidemark_reader', application: 'test' });
    expect((await reader.query('select * from sample.own_latest')).rows).toEqual([
      { starts_at: null, points: 0 },
    ]);
    await reader.end();
  });

  test('that fails leaves nothing behind and names its dataset', async () => {
    const broken = {
      dataset: dataset.id,
      text: 'create view sample.half as select 1 as x; select nonsense;',
    };
    await expect(applyScripts(testEnv.url, [broken])).rejects.toThrow(
      'the SQL of dataset "sample.own" could not be applied: column "nonsense" does not exist',
    );
    const { rows } = await testEnv.database.query(`select to_regclass('sample.half') as made`);
    expect(rows).toEqual([{ made: null }]);
    expect(await missingScripts(testEnv.database, [broken])).toEqual([dataset.id]);
  });

  test('finds names in no schema that it does not name', async () => {
    const unqualified = { dataset: dataset.id, text: 'create view own_copy as select * from sample.own' };
    await expect(applyScripts(testEnv.url, [unqualified])).rejects.toThrow(
      'the SQL of dataset "sample.own" could not be applied: permission denied',
    );
  });

  test('cannot be applied by a worker', async () => {
    const database = openDatabase({ url: testEnv.url, role: 'tidemark_writer', application: 'test' });
    await expect(database.query(script('').text)).rejects.toThrow('permission denied for schema sample');
    await database.end();
  });
});

describe('series', () => {
  const secret = sampleDataset({ id: 'sample.secret', access: 'restricted' });
  const open = sampleDataset({ id: 'sample.open' });
  let testEnv: TestDatabase;
  beforeAll(async () => {
    testEnv = await createTestDatabase([open, secret]);
    // The same name in each of them, and many others elsewhere.
    await testEnv.database.query(
      `insert into ops.series (dataset, series, first_payload_id)
       select dataset, 's' || n, 1 from unnest($1::text[], $2::int[]) d(dataset, count), generate_series(1, count) n`,
      [
        [open.id, secret.id],
        [10, 20_000],
      ],
    );
    await addPoints(testEnv.database, open.id);
  });
  afterAll(() => testEnv.drop());

  test('of a restricted dataset are seen by those who may read it', async () => {
    const seenBy = async (role: string) => {
      const admin = openDatabase({ url: testEnv.url, application: 'test', maxConnections: 1 });
      await admin.query(`set role ${role}`);
      const { rows } = await admin.query(
        'select dataset, count(*) from catalog.series group by 1 order by 1',
      );
      await admin.end();
      return rows;
    };
    const all = [
      { dataset: open.id, count: 10 },
      { dataset: secret.id, count: 20_000 },
    ];
    expect(await seenBy('tidemark_reader')).toEqual([all[0]]);
    expect(await seenBy('tidemark_writer')).toEqual(all);
    expect(await seenBy('tidemark_api')).toEqual(all);
    const desk = `desk_${randomUUID().replaceAll('-', '')}`;
    const admin = openDatabase({ url: testEnv.url, application: 'test', maxConnections: 1 });
    await admin.query(`create role ${desk} in role tidemark_reader`);
    await admin.query(`grant select on sample.secret to ${desk}`);
    expect(await seenBy(desk)).toEqual(all);
    await admin.query(`drop owned by ${desk}`);
    await admin.query(`drop role ${desk}`);
    await admin.end();
  });

  test.each(['sample.open', 'sample.open_versions', 'sample.open_as_of(now())'])(
    'a condition on the name uses its index in %s, whatever other datasets have',
    async (relation) => {
      const admin = openDatabase({ url: testEnv.url, application: 'test', maxConnections: 1 });
      await admin.query('analyze ops.series');
      const { rows } = await admin.query(`explain select * from ${relation} where series = 's3'`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('series_dataset_series_key');
      expect(plan).toMatch(/Index Cond: \(\(dataset = 'sample\.open'::text\) AND \(series = 's3'::text\)\)/);
      await admin.end();
    },
  );
});

/** A current value and a closed version of each series, so that the hypertables have chunks to read. */
async function addPoints(database: Database, dataset: string): Promise<void> {
  const { current, closed } = storageOf(dataset);
  const own = `from ops.series where dataset = '${dataset}'`;
  const point = `id, timestamptz '2026-11-20T10:00:00Z', date '2026-11-20'`;
  await database.query(
    `insert into ${current} (series_id, starts_at, delivery_day, change_id) select ${point}, 2 ${own}`,
  );
  await database.query(
    `insert into ${closed} (series_id, starts_at, delivery_day, change_id, closed_by) select ${point}, 1, 2 ${own}`,
  );
}

test('the calendar of the code and that of the database agree on every day', async () => {
  const { dayInterval, eachDay } = await import('../../../domain/time/civil-day.ts');
  const testEnv = await createTestDatabase([]);
  for (const zone of ['Europe/Amsterdam', 'Europe/Lisbon', 'Europe/Helsinki', 'UTC']) {
    const days = eachDay('2022-01-01', '2030-12-31');
    const { rows } = await testEnv.database.query<{ start: Date; end: Date }>(
      `select day::timestamp at time zone $2 as start, (day + 1)::timestamp at time zone $2 as end from unnest($1::date[]) day order by day`,
      [days, zone],
    );
    expect(rows.map(({ start, end }) => [start.getTime(), end.getTime()])).toEqual(
      days.map((day) => {
        const { startMs, endMs } = dayInterval(day, zone);
        return [startMs, endMs];
      }),
    );
  }
  await testEnv.drop();
});
