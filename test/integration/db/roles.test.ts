/**
 * May each role do what the code needs, and nothing else? The matrix below is the whole truth: what exists is read from
 * PostgreSQL's catalogue, so a relation, function or schema that nobody put here fails the test.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { missingMigrations } from '../../../db/migration/migrate.ts';
import { type Storage, storageOf } from '../../../db/migration/storage.ts';
import { type Dataset, isOfRecords } from '../../../domain/dataset/dataset.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  chunksApart,
  onDatabase,
  onFunctions,
  onRelations,
  onSchemas,
  onSequences,
  type Privileges,
  strays,
} from '../../support/privileges.ts';
import { registerEnabled } from '../../support/register-datasets.ts';
import { sampleDataset } from '../../support/sample-dataset.ts';
import { sampleFiles } from '../../support/sample-file-dataset.ts';

/**
 * `writer`: workers and operators · `api`: the HTTP API, which itself decides who sees what · `reader`: traders · `desk`: a
 * trader with select on both relations of the restricted dataset sample.secret · `nobody`: a login that is a member of no
 * role of ours. `update*`: of the columns below alone.
 */
const RELATIONS = `
                                 writer                       api                    reader  desk    nobody
catalog.dataset                  select                       select                 select  select  -
catalog.delivery_day             select                       select                 select  select  -
catalog.epochs                   select                       select                 select  select  -
catalog.found_file               select                       select                 select  select  -
catalog.location                 select                       select                 select  select  -
catalog.location_versions        select                       select                 select  select  -
catalog.series                   select                       select                 select  select  -
calendar.holidays                select                       select                 select  select  -
calendar.holidays_versions       select                       select                 select  select  -
checkout.dim_articles             select                       select                 select  select  -
checkout.dim_date                 select                       select                 select  select  -
checkout.dim_tickets              select                       select                 select  select  -
checkout.dim_users                select                       select                 select  select  -
checkout.events                   select                       select                 select  select  -
checkout.users                    select                       select                 select  select  -
checkout.tickets                  select                       select                 select  select  -
checkout.articles                 select                       select                 select  select  -
checkout.events_versions          select                       select                 select  select  -
checkout.users_versions           select                       select                 select  select  -
checkout.tickets_versions         select                       select                 select  select  -
checkout.articles_versions        select                       select                 select  select  -
checkout.fact_article_added       select                       select                 select  select  -
checkout.fact_events              select                       select                 select  select  -
checkout.fact_payment             select                       select                 select  select  -
checkout.fact_scan                select                       select                 select  select  -
jao_core.max_exchanges           select                       select                 select  select  -
jao_core.max_exchanges_versions  select                       select                 select  select  -
measured.values                  select                       select                 select  select  -
measured.values_daily            select                       select                 select  select  -
measured.values_hourly           select                       select                 select  select  -
measured.values_versions         select                       select                 select  select  -
ops.api_key                      -                            select,insert,update*  -       -       -
ops.audit                        -                            select,insert          -       -       -
ops.backfill                     select,insert,update*        select                 -       -       -
ops.backfill_day                 select,insert,update*        select                 -       -       -
ops.change                       select,insert,update*        select                 -       -       -
ops.clock                        select                       select                 -       -       -
ops.dataset                      select,insert,update         select                 -       -       -
ops.dataset_script               select                       select                 -       -       -
ops.decision                     select,insert,update*        select                 -       -       -
ops.delivery_day                 select,insert,update         select                 -       -       -
ops.derived                      select,insert,update         select                 -       -       -
ops.derived_unit                 select,insert,update         select                 -       -       -
ops.epoch                        select                       select                 -       -       -
ops.erased_day                   select,insert,update         select                 -       -       -
ops.erased_payload               select                       select                 -       -       -
ops.erasure                      select,insert,update*        -                      -       -       -
ops.erasure_salt                 select                       -                      -       -       -
ops.readable_dataset             -                            -                      -       -       -
ops.poll                         select,insert,update         select                 -       -       -
ops.receiver                     select,insert,update*,delete  select,insert,update*,delete  -  -       -
ops.receiver_secret              select,insert,delete         select,insert,delete   -       -       -
ops.told                         select,insert,update,delete  select,insert,update,delete  -  -       -
ops.incident                     select                       select                 -       -       -
ops.file                         select,insert,update*        select                 -       -       -
ops.finding                      select,insert,update,delete  select                 -       -       -
ops.found_file                   select,insert,update         select                 -       -       -
ops.inbox                        select,delete                select,insert          -       -       -
ops.instance                     select,update*               select                 -       -       -
ops.kept_text                    select,insert,update,delete  select                 -       -       -
ops.load                         select,insert,update*        select                 -       -       -
ops.load_part                    select,insert                select                 -       -       -
ops.location_version             select,insert,update*        select,insert,update*  -       -       -
ops.migration                    select                       select                 -       -       -
ops.payload                      select,insert,update*        select                 -       -       -
ops.pin                          -                            select,insert          -       -       -
ops.process                      select,insert,update,delete  select,insert,update,delete  -    -       -
ops.read_count                   -                            select,insert,update*,delete  -    -       -
ops.rebuilt_day                  select,insert                select                 -       -       -
ops.quota                        select,insert,update         select                 -       -       -
ops.request_slot                 select,insert,update,delete  select                 -       -       -
ops.request_queue                select,insert,update,delete  select                 -       -       -
ops.run                          select,insert,update*        select                 -       -       -
ops.series                       select,insert                select                 -       -       -
ops.source                       select,insert,update         select                 -       -       -
ops.step                         select,insert,update*,delete  -                     -       -       -
ops.batch_response                  select,insert,delete         select                 -       -       -
sample.secret                    select                       select                 -       select  -
sample.secret_versions           select                       select                 -       select  -
store.calendar__holidays         select,insert,update,delete  select                 -       -       -
store.calendar__holidays__closed select,insert,delete         -                      -       -       -
store.checkout__events           select,insert,update,delete  select                 -       -       -
store.checkout__users            select,insert,update,delete  select                 -       -       -
store.checkout__tickets          select,insert,update,delete  select                 -       -       -
store.checkout__articles         select,insert,update,delete  select                 -       -       -
store.checkout__events__closed   select,insert,delete         -                      -       -       -
store.checkout__users__closed    select,insert,delete         -                      -       -       -
store.checkout__tickets__closed  select,insert,delete         -                      -       -       -
store.checkout__articles__closed select,insert,delete         -                      -       -       -
store.jao_core__max_exchanges    select,insert,update,delete  select                 -       -       -
store.jao_core__max_exchanges__closed  select,insert,delete   -                      -       -       -
sealed.values                    select                       select                 -       -       -
sealed.values_daily              select                       select                 -       -       -
sealed.values_hourly             select                       select                 -       -       -
sealed.values_versions           select                       select                 -       -       -
store.measured__values           select,insert,update,delete  select                 -       -       -
store.measured__values__closed   select,insert,delete         -                      -       -       -
store.measured__values__daily    select,insert,update,delete  select                 -       -       -
store.measured__values__hourly   select,insert,update,delete  select                 -       -       -
store.sample__secret             select,insert,update,delete  select                 -       -       -
store.sample__secret__closed     select,insert,delete         -                      -       -       -
store.swissgrid__frequency       select,insert,update,delete  select                 -       -       -
store.swissgrid__frequency__closed  select,insert,delete      -                      -       -       -
store.swissgrid__frequency__daily   select,insert,update,delete  select              -       -       -
store.swissgrid__stresstest_frequency__daily  select,insert,update,delete  select              -       -       -
store.swissgrid__volume_frequency__daily  select,insert,update,delete  select              -       -       -
store.swissgrid__frequency__hourly  select,insert,update,delete  select              -       -       -
store.swissgrid__stresstest_frequency__hourly  select,insert,update,delete  select              -       -       -
store.swissgrid__volume_frequency__hourly  select,insert,update,delete  select              -       -       -
swissgrid.frequency              select                       select                 select  select  -
swissgrid.frequency_daily        select                       select                 select  select  -
swissgrid.stresstest_frequency_daily  select                       select                 select  select  -
swissgrid.volume_frequency_daily  select                       select                 select  select  -
swissgrid.frequency_hourly       select                       select                 select  select  -
swissgrid.stresstest_frequency_hourly  select                       select                 select  select  -
swissgrid.volume_frequency_hourly  select                       select                 select  select  -
swissgrid.frequency_versions     select                       select                 select  select  -
store.sealed__values             select,insert,update,delete  select                 -       -       -
store.sealed__values__closed     select,insert,delete         -                      -       -       -
store.sealed__values__daily      select,insert,update,delete  select                 -       -       -
store.sealed__values__hourly     select,insert,update,delete  select                 -       -       -
`;
const COLUMNS: Privileges = {
  'ops.api_key': 'last_used_at revoked_at revoked_by',
  'ops.backfill': 'finished_at rows_written summary',
  'ops.read_count': 'reads',
  'ops.backfill_day': 'note outcome',
  'ops.change': 'kind largest_difference new_points nulled_points revised_points',
  'ops.decision': 'change_id',
  'ops.erasure':
    'findings_removed finished_at left_over lines_naming lines_removed mentions payloads_read payloads_rewritten person searched_for versions_removed',
  'ops.file': 'location modified_at name',
  'ops.instance': 'enabled_setting simulated',
  'ops.receiver': 'checked_at',
  'ops.load': 'finished_at result stopped',
  'ops.step': 'result',
  'ops.location_version': 'known_to',
  'ops.payload': 'change_id content_sha256 decoder_version expected_points kind last_seen_at seen_count',
  'ops.run': 'error finished_at outcome payload_id',
};
/** Reads with the rights of who calls it: without select on the versions, execute gives nothing. */
const FUNCTIONS = `
                                 writer   api      reader   desk     nobody
checkout.events_as_of             execute  execute  execute  execute  -
checkout.users_as_of              execute  execute  execute  execute  -
checkout.tickets_as_of            execute  execute  execute  execute  -
checkout.articles_as_of           execute  execute  execute  execute  -
calendar.holidays_as_of          execute  execute  execute  execute  -
calendar.holidays_of             execute  execute  execute  execute  -
catalog.coverage                 execute  execute  execute  execute  -
catalog.gate_days                execute  execute  execute  execute  -
catalog.gate_instant             execute  execute  execute  execute  -
catalog.gate_parts               execute  execute  execute  execute  -
catalog.settled_at               execute  execute  execute  execute  -
jao_core.max_exchanges_as_of     execute  execute  execute  execute  -
jao_core.max_exchanges_at_gate   execute  execute  execute  execute  -
measured.values_as_of            execute  execute  execute  execute  -
measured.values_at_gate          execute  execute  execute  execute  -
ops.ensure_record_storage        execute  -        -        -        -
ops.compress_old_values          execute  -        -        -        -
ops.drop_old_values              execute  -        -        -        -
ops.ensure_rollups               execute  -        -        -        -
ops.ensure_storage               execute  -        -        -        -
ops.end_of_point                 -        -        -        -        -
ops.follow_clock                 execute  -        -        -        -
ops.grant_rollups                -        -        -        -        -
ops.grant_storage                -        -        -        -        -
ops.live_is_near                 execute  -        -        -        -
ops.make_hypertable              -        -        -        -        -
ops.make_record_relations        -        -        -        -        -
ops.open_body                    execute  execute  execute  execute  -
ops.make_relations               -        -        -        -        -
ops.make_rollup_relations        -        -        -        -        -
ops.next_change_ids              execute  -        -        -        -
ops.next_instant                 execute  execute  -        -        -
ops.apply_script                 -        -        -        -        -
ops.make_storage                 execute  -        -        -        -
ops.set_enabled                  execute  execute  -        -        -
ops.begin_epoch                  -        -        -        -        -
ops.origin                       -        -        -        -        -
ops.person_sha256                execute  -        -        -        -
ops.record_column                -        -        -        -        -
ops.relation_names               -        -        -        -        -
ops.rewrite_payload              execute  -        -        -        -
ops.settle                       execute  execute  -        -        -
ops.stamp_changes                -        -        -        -        -
ops.take_slot                    execute  -        -        -        -
sample.secret_as_of              execute  execute  execute  execute  -
sample.secret_at_gate            execute  execute  execute  execute  -
sealed.values_as_of              execute  execute  execute  execute  -
sealed.values_at_gate            execute  execute  execute  execute  -
swissgrid.frequency_as_of        execute  execute  execute  execute  -
swissgrid.frequency_at_gate      execute  execute  execute  execute  -
`;
const SCHEMAS = `
                                 writer   api      reader   desk     nobody
calendar                         usage    usage    usage    usage    -
catalog                          usage    usage    usage    usage    -
checkout                         usage    usage    usage    usage    -
jao_core                         usage    usage    usage    usage    -
measured                         usage    usage    usage    usage    -
ops                              usage    usage    -        -        -
sample                           usage    usage    usage    usage    -
sealed                           usage    usage    usage    usage    -
store                            usage    usage    -        -        -
swissgrid                        usage    usage    usage    usage    -
`;
/** PostgreSQL lets everybody connect and make temporary tables; a server that should not says so in pg_hba.conf. */
const DATABASE = 'connect temporary';

const WHO = ['writer', 'api', 'reader', 'desk', 'nobody'] as const;
type Who = (typeof WHO)[number];

/** Names of relations and functions as the catalogue of PostgreSQL has them. */
function namesOf(id: string): Storage {
  const quoted = Object.entries(storageOf(id)).map(([what, name]) => [what, name.replaceAll('"', '')]);
  return Object.fromEntries(quoted);
}

/** What every dataset of its kind has, for those that stand in no matrix above: those are written by hand, as its proof. */
function linesOfOthers(): Record<'relations' | 'functions' | 'schemas', string[]> {
  const others = datasets.filter(({ id }) => !RELATIONS.includes(`\n${namesOf(id).relation} `));
  const lines = { relations: [] as string[], functions: [] as string[], schemas: [] as string[] };
  for (const dataset of others) {
    const { schema, relation, versions, asOf, current, closed } = namesOf(dataset.id);
    const readers = dataset.access === 'open' ? 'select select -' : '- - -';
    lines.relations.push(...[relation, versions].map((name) => `${name} select select ${readers}`));
    lines.relations.push(`${current} select,insert,update,delete select - - -`);
    lines.relations.push(`${closed} select,insert,delete - - - -`);
    const functions = isOfRecords(dataset) ? [asOf] : [asOf, `${relation}_at_gate`];
    lines.functions.push(...functions.map((name) => `${name} execute execute execute execute -`));
    if (!SCHEMAS.includes(`\n${schema} `)) lines.schemas.push(`${schema} usage usage usage usage -`);
  }
  return { ...lines, schemas: [...new Set(lines.schemas)] };
}

/** One column of a matrix. */
function column(matrix: string, who: Who, others: readonly string[]): Privileges {
  const [, ...byHand] = matrix.trim().split('\n');
  const lines = [...byHand, ...others];
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(
    rows.map(([thing = '', ...cells]) => [
      thing,
      (cells[WHO.indexOf(who)] ?? '').replaceAll(',', ' ').replace('*', `(${COLUMNS[thing]})`),
    ]),
  );
}

const SECRET = sampleDataset({ id: 'sample.secret', access: 'restricted' });
/** Nobody was granted it. */
const SEALED = sampleFiles({
  id: 'sealed.values',
  source: { ...sampleFiles().source, id: 'sealed' },
  access: 'restricted',
});
const PASSWORD = randomUUID();
const unique = randomUUID().replaceAll('-', '');
const LOGIN = {
  worker: `worker_${unique}`,
  api: `api_${unique}`,
  desk: `desk_${unique}`,
  nobody: `nobody_${unique}`,
};
const ROLE: Readonly<Record<Who, string>> = {
  writer: 'tidemark_writer',
  api: 'tidemark_api',
  reader: 'tidemark_reader',
  desk: LOGIN.desk,
  nobody: LOGIN.nobody,
};

let datasets: readonly Dataset[];
let stored: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  const { all } = await loadCatalog(datasetPlaces());
  // Those of each form, of which all others have the same privileges.
  const whole = all.filter(({ source, leading }) => !('quota' in source) || leading);
  datasets = [...whole, SECRET, sampleFiles(), SEALED];
  stored = await createTestDatabase(datasets);
  await addPoint(stored.url);
  admin = await connect(stored.url);
  for (const login of Object.values(LOGIN))
    await admin.query(`create role ${login} login password '${PASSWORD}'`);
  await admin.query(`grant tidemark_writer to ${LOGIN.worker}`);
  await admin.query(`grant tidemark_api to ${LOGIN.api}`);
  await admin.query(`grant tidemark_reader to ${LOGIN.desk}`);
  await grantByName(admin);
});
afterAll(async () => {
  await admin.query(`drop owned by ${Object.values(LOGIN).join()}`);
  await admin.end();
  await stored.drop();
  const server = await connect(inject('adminUrl'));
  await server.query(`drop role ${Object.values(LOGIN).join()}`);
  await server.end();
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** As an administrator gives a restricted dataset to a desk. */
async function grantByName(client: pg.Client): Promise<void> {
  const { relation, versions } = storageOf(SECRET.id);
  await client.query(`grant select on ${relation}, ${versions} to ${LOGIN.desk}`);
}

/** A current value and a closed version of the restricted dataset, so that its hypertables have chunks. */
async function addPoint(url: string): Promise<void> {
  const writer = openDatabase({ url, role: 'tidemark_writer', application: 'test', maxConnections: 1 });
  const { current, closed } = storageOf(SECRET.id);
  await writer.query(`insert into ops.series (dataset, series, first_payload_id) values ($1, 'hidden', 1)`, [
    SECRET.id,
  ]);
  await writer.query(
    `insert into ops.change (id, dataset, day, kind, new_points, revised_points, nulled_points, known_at)
     select id, $1, '2026-11-20', 'published', 1, 0, 0, timestamptz '2026-11-19T09:00Z' + id * interval '1 hour' from generate_series(1, 2) id`,
    [SECRET.id],
  );
  await writer.query(
    `insert into ops.delivery_day (dataset, day, state) values ($1, '2026-11-20', 'complete')`,
    [SECRET.id],
  );
  const place = `id, timestamptz '2026-11-20T10:00:00Z', date '2026-11-20'`;
  await writer.query(
    `insert into ${current} (series_id, starts_at, delivery_day, change_id) select ${place}, 2 from ops.series`,
  );
  await writer.query(
    `insert into ${closed} (series_id, starts_at, delivery_day, change_id, closed_by) select ${place}, 1, 2 from ops.series`,
  );
  await writer.end();
}

/** Compares everything that exists with the matrix. */
async function expectMatrix(client: pg.Client): Promise<void> {
  const { relations, functions, schemas } = linesOfOthers();
  for (const who of WHO) {
    const role = ROLE[who];
    expect({ who, ...(await onRelations(client, role)) }).toEqual({
      who,
      ...column(RELATIONS, who, relations),
    });
    expect({ who, ...(await onFunctions(client, role)) }).toEqual({
      who,
      ...column(FUNCTIONS, who, functions),
    });
    expect({ who, ...(await onSchemas(client, role)) }).toEqual({ who, ...column(SCHEMAS, who, schemas) });
    expect(new Set(Object.values(await onSequences(client, role)))).toEqual(new Set(['-']));
    expect(await onDatabase(client, role)).toBe(DATABASE);
    const { chunks, apart } = await chunksApart(client, role);
    expect({ some: chunks > 1, apart }).toEqual({ some: true, apart: [] });
  }
}

describe('the matrix holds', () => {
  test('for every relation, function, schema and chunk that exists', () => expectMatrix(admin));

  test('and the owner has everything of ours, and nothing lies elsewhere', async () => {
    const owner = 'tidemark_owner';
    const verbs = async (of: typeof onRelations) => [...new Set(Object.values(await of(admin, owner)))];
    expect(await verbs(onRelations)).toEqual(['select insert update delete truncate references trigger']);
    expect(await verbs(onSequences)).toEqual(['usage select update']);
    expect(await verbs(onFunctions)).toEqual(['execute']);
    expect(await verbs(onSchemas)).toEqual(['usage create']);
    expect(await onDatabase(admin, owner)).toBe('connect temporary create');
    expect(await strays(admin)).toEqual([]);
  });

  test('after the next start of a worker, and when a dataset has become restricted', async () => {
    await registerEnabled(stored.database, [sampleDataset({ id: 'sample.secret', access: 'open' })]);
    expect((await onRelations(admin, ROLE.reader))['sample.secret']).toBe('select');
    await registerEnabled(stored.database, datasets);
    await expectMatrix(admin);
  });

  test('and something that nobody put there is noticed', async () => {
    for (const made of [
      'create table ops.unseen (x int)',
      'create view jao_core.unseen as select 1 as x',
      `create function store.unseen() returns int language sql as 'select 1'`,
      'create schema unseen',
      'grant truncate on ops.run to tidemark_writer',
      'grant select (sha256) on ops.payload to tidemark_reader',
      'grant usage on sequence ops.run_id_seq to tidemark_writer',
    ]) {
      await admin.query('begin');
      await admin.query('set local role tidemark_owner');
      await admin.query(made);
      await admin.query('reset role');
      await expect(expectMatrix(admin), made).rejects.toThrow('to deeply equal');
      await admin.query('rollback');
    }
    await expectMatrix(admin);
  });

  test('and what is made later is granted to nobody by itself', async () => {
    await admin.query('begin');
    await admin.query('set local role tidemark_owner');
    await admin.query(
      `create table ops.unseen (x int); create view catalog.unseen as select 1 as x;
       create function ops.unseen() returns int language sql as 'select 1'`,
    );
    for (const who of WHO) {
      const relations = await onRelations(admin, ROLE[who]);
      const functions = await onFunctions(admin, ROLE[who]);
      expect([relations['ops.unseen'], relations['catalog.unseen'], functions['ops.unseen']]).toEqual([
        '-',
        '-',
        '-',
      ]);
    }
    await admin.query('rollback');
  });
});

const INSERT_PAYLOAD = `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers,
  size_bytes, encoding, bytes) values ('sample.secret', '2026-11-20', now(), now(), '', '', 200, '{}', 0, 'identity', '')`;

const INSERT_KEY = `insert into ops.api_key (id, name, secret_sha256, role, created_by) values ('k', 'k', '', 'reader', 'x')`;

/** What PostgreSQL answers to whom: the number of rows, or that it is not allowed. */
const TRIED: readonly [who: keyof typeof LOGIN, statement: string, answer: number | 'denied' | 'all'][] = [
  ['worker', INSERT_PAYLOAD, 1],
  ['worker', `update ops.payload set kind = 'empty'`, 0],
  ['worker', `update ops.payload set bytes = ''`, 'denied'],
  ['worker', 'delete from ops.payload', 'denied'],
  ['worker', `update ops.batch_response set bytes = ''`, 'denied'],
  ['worker', 'truncate ops.finding', 'denied'],
  ['worker', 'update ops.change set known_at = now()', 'denied'],
  [
    'worker',
    `insert into catalog.series (dataset, series, first_payload_id) values (null, null, 1)`,
    'denied',
  ],
  ['worker', `update catalog.series set series = 'other'`, 'denied'],
  ['worker', `update ops.series set series = 'other'`, 'denied'],
  ['worker', 'update store.sample__secret set value = 2', 1],
  ['worker', 'update store.sample__secret__closed set value = 2', 'denied'],
  ['worker', 'select * from sample.secret_as_of(now())', 1],
  ['worker', 'create table ops.mine (x int)', 'denied'],
  ['worker', 'create schema mine', 'denied'],
  ['worker', 'drop table store.jao_core__max_exchanges', 'denied'],
  ['worker', 'alter table ops.payload add column x int', 'denied'],
  ['worker', `select ops.grant_storage('sample', 'secret', false)`, 'denied'],
  ['worker', 'set role tidemark_owner', 'denied'],
  ['worker', 'select * from ops.api_key', 'denied'],
  ['worker', `insert into ops.audit (done_by, action, input, status) values ('x', 'x', '{}', 200)`, 'denied'],
  ['api', INSERT_KEY, 1],
  ['api', `update ops.api_key set revoked_at = now(), revoked_by = 'x'`, 0],
  ['api', `update ops.api_key set role = 'admin'`, 'denied'],
  ['api', 'delete from ops.api_key', 'denied'],
  ['api', `insert into ops.audit (done_by, action, input, status) values ('x', 'x', '{}', 200)`, 1],
  ['api', `update ops.audit set done_by = 'somebody else'`, 'denied'],
  ['api', 'delete from ops.audit', 'denied'],
  ['api', 'delete from ops.pin', 'denied'],
  ['api', 'delete from ops.read_count', 0],
  ['worker', 'select * from ops.read_count', 'denied'],
  ['api', 'select * from sample.secret_as_of(now())', 1],
  ['api', 'select bytes from ops.payload', 0],
  ['api', INSERT_PAYLOAD, 'denied'],
  ['api', 'update store.sample__secret set value = 2', 'denied'],
  ['api', 'delete from ops.finding', 'denied'],
  ['api', `update ops.delivery_day set state = 'absent'`, 'denied'],
  ['api', 'insert into ops.decision default values', 'denied'],
  ['api', `select ops.take_slot('sample', 'run', '1', 1)`, 'denied'],
  ['api', 'create table ops.mine (x int)', 'denied'],
  ['api', 'set role tidemark_writer', 'denied'],
  ['desk', 'select * from sample.secret', 1],
  ['desk', 'select * from sample.secret_versions', 2],
  ['desk', 'select * from sample.secret_as_of(now())', 1],
  ['desk', `select * from sample.secret_at_gate('D+9T12:00')`, 1],
  ['desk', 'select * from jao_core.max_exchanges', 0],
  ['desk', 'select * from catalog.dataset', 'all'],
  ['desk', 'select * from catalog.series', 1],
  ['desk', 'select dataset, day, state, reason from catalog.delivery_day', 1],
  ['desk', 'select * from ops.delivery_day', 'denied'],
  ['desk', 'select * from ops.series', 'denied'],
  ['desk', 'insert into catalog.series (dataset, series, first_payload_id) values (null, null, 1)', 'denied'],
  ['desk', 'select * from store.sample__secret', 'denied'],
  ['desk', 'select * from ops.payload', 'denied'],
  ['desk', 'select * from ops.api_key', 'denied'],
  ['desk', 'select * from ops.audit', 'denied'],
  ['desk', 'select * from ops.read_count', 'denied'],
  ['desk', 'select * from ops.batch_response', 'denied'],
  ['desk', 'delete from catalog.series', 'denied'],
  ['desk', `select ops.take_slot('sample', 'run', '1', 1)`, 'denied'],
  ['desk', 'set role tidemark_writer', 'denied'],
  ['nobody', 'select * from catalog.dataset', 'denied'],
  ['nobody', 'select * from jao_core.max_exchanges', 'denied'],
  ['nobody', 'select * from sample.secret_as_of(now())', 'denied'],
  ['nobody', 'set role tidemark_reader', 'denied'],
];

describe('tried for real', () => {
  test.each(TRIED)('%s: %s: %s', async (who, statement, answer) => {
    const wanted = answer === 'all' ? datasets.length : answer;
    expect(await tried(loginUrl(LOGIN[who]), statement)).toBe(wanted);
  });

  test.each([
    'select * from sample.secret',
    'select * from sample.secret_versions',
    'select * from sample.secret_as_of(now())',
  ])('a trader to whom nobody granted it: %s', async (statement) => {
    const { current } = storageOf(SECRET.id);
    const chunk = await admin.query(`select tableoid::regclass::text as name from ${current}`);
    // The login that local mode gives to traders: no password, this machine only.
    const url = loginUrl('tidemark_reader');
    await admin.query('alter role tidemark_reader login');
    expect(await tried(url, statement)).toBe('denied');
    expect(await tried(url, `select * from ${chunk.rows[0]?.name}`)).toBe('denied');
    expect(await tried(url, 'select * from jao_core.max_exchanges')).toBe(0);
    expect(await tried(url, 'select * from catalog.series')).toBe(0);
  });

  test('a worker’s login needs the writer role alone to get ready', async () => {
    const database = openDatabase({
      url: loginUrl(LOGIN.worker),
      role: 'tidemark_writer',
      application: 'test',
    });
    expect(await missingMigrations(database)).toEqual([]);
    await registerEnabled(database, [...datasets, sampleDataset({ id: 'sample.second' })]);
    await database.end();
  });
});

function loginUrl(user: string): string {
  const url = new URL(stored.url);
  url.username = user;
  url.password = PASSWORD;
  return url.href;
}

/** In a transaction that is taken back. */
async function tried(url: string, statement: string): Promise<number | 'denied' | string> {
  const client = await connect(url);
  try {
    await client.query('begin');
    return (await client.query(statement)).rowCount ?? 0;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === '42501' ? 'denied' : message;
  } finally {
    await client.end();
  }
}
