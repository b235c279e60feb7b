/**
 * Are holidays kept as published: every version, withdrawn as of then, of every location that there ever was? A real worker
 * asks a small real service, and the library.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import holidays from '../../../../datasets/calendar/holidays.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import type { Settings } from '../../../../domain/dataset/settings.ts';
import { RETRY_RULES } from '../../../../domain/workflow/failures.ts';
import { dayWorkflowId, pollScheduleId, searchAttributes } from '../../../../domain/workflow/ids.ts';
import { runDay } from '../../../../temporal/days.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { reconcileSchedules } from '../../../../temporal/schedules.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { createTestDatabase } from '../../../support/database.ts';
import { type HolidayServer, KEY, startHolidayServer } from '../../../support/holiday-service.ts';

const DATASET = holidays.id;
const FLEVOLAND = '9415913d-fffa-41f9-9323-6d62e6100a31';
const SOMERSET = '5770db11-e7bf-4044-b54c-d49f69e947ec';
const NEW_YEAR = {
  date: '2026-01-01',
  name: 'New Year’s Day',
  localName: 'Nieuwjaarsdag',
  types: ['Public'],
};
const KING = { date: '2026-04-27', name: 'King’s Day', localName: 'Koningsdag', types: ['Public'] };
const PRINCE = { date: '2026-09-15', name: 'Prince’s Day', types: ['Observance'] };
const SUMMER = {
  date: '2026-08-31',
  name: 'Summer Bank Holiday',
  counties: ['GB-ENG'],
  types: ['Bank', 'Public'],
};

let serial = 0;
let service: HolidayServer;
let testEnv: ApiEnvironment;
let operator: TestKey;
/** Where the worker asks: tests change it. */
const sourceSettings = new Map<string, Settings>();
const ask = (settings: Settings) => sourceSettings.set(holidays.source.id, settings);
const askService = (key: string, keyIn = 'header:X-Api-Key') =>
  ask({
    HOLIDAYS_SOURCE: 'http',
    HOLIDAYS_BASE_URL: service.url,
    HOLIDAYS_API_KEY: key,
    HOLIDAYS_API_KEY_IN: keyIn,
  });

beforeAll(async () => {
  service = await startHolidayServer();
  askService(KEY);
  const catalog = catalogOf([holidays]);
  const stored = await createTestDatabase(catalog.all);
  const once = { ...RETRY_RULES, transient: { ...RETRY_RULES.transient, attempts: 1 } };
  testEnv = await openApiEnvironment({ catalog, stored, sourceSettings, retryRules: once });
  operator = await makeKey(testEnv, { role: 'operator' });
  await testEnv.startWorker();
  service.countries.set('NL', [NEW_YEAR, KING, PRINCE]).set('GB', [NEW_YEAR, SUMMER]);
});
afterAll(async () => {
  await testEnv.close();
  await service.close();
});

const refresh = async (year = 2026) =>
  (await runDay(testEnv.temporal, { dataset: DATASET, day: `${year}-01-01`, wait: false })).result();

interface Row {
  date: string;
  name: string;
  key: string;
  version: number;
  fallback: boolean;
  answered_for: string;
}

const holidaysOf = (location: string, asOf: Date | null = null) =>
  testEnv.rows<Row>(`select * from calendar.holidays_of($1, '2026-01-01', '2026-12-31', $2)`, [
    location,
    asOf,
  ]);
const namesOf = async (location: string, asOf: Date | null = null) =>
  (await holidaysOf(location, asOf)).map(({ date, name }) => `${date} ${name}`);
const now = async () =>
  (await testEnv.rows<{ now: Date }>('select clock_timestamp() as now'))[0]?.now as Date;
const counted = async () =>
  (
    await testEnv.rows<object>(
      `select (select count(*) from calendar.holidays_versions) as versions, (select count(*) from ops.change) as changes,
         (select count(*) from ops.payload) as payloads, (select max(seen_count) from ops.payload) as seen`,
    )
  )[0];

const call = async (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: object) => {
  const { statusCode, payload: text } = await testEnv.api.inject({
    method,
    url,
    payload,
    headers: operator.headers,
  });
  return { status: statusCode, json: JSON.parse(text) };
};

describe('a year', () => {
  test('is fetched, validated and written as one, for every location', async () => {
    const outcome = await refresh();
    // NL and nine provinces with three holidays each, GB and four districts of England with two (GB itself with one).
    expect(outcome).toMatchObject({
      state: 'complete',
      day: '2026-01-01',
      newPoints: 30 + 9,
      revisedPoints: 0,
    });
    expect(await holidaysOf(FLEVOLAND)).toMatchObject([
      { key: 'NL-FL/2026/new-years-day', date: '2026-01-01', local_name: 'Nieuwjaarsdag', version: 1 },
      { key: 'NL-FL/2026/kings-day', date: '2026-04-27', fallback: true, answered_for: 'NL', type: 'public' },
      { key: 'NL-FL/2026/princes-day', type: 'observance', is_current: true },
    ]);
    expect(await holidaysOf(SOMERSET)).toMatchObject([
      { name: 'New Year’s Day' },
      { answered_for: 'GB-ENG' },
    ]);
    expect(service.requests).toEqual(['/PublicHolidays/2026/GB', '/PublicHolidays/2026/NL']);
  });

  test('is a run with ledger, search attributes and findings like a day', async () => {
    expect(
      await testEnv.rows('select day, trigger, outcome, error from ops.run where dataset = $1', [DATASET]),
    ).toEqual([{ day: '2026-01-01', trigger: 'person', outcome: 'complete', error: null }]);
    const { typedSearchAttributes: found } = await testEnv.temporal.client.workflow
      .getHandle(`day:${DATASET}:2026-01-01`)
      .describe();
    for (const { key, value } of searchAttributes({
      dataset: DATASET,
      deliveryDay: '2026-01-01',
      dayState: 'complete',
    }))
      expect(found.get(key)).toBe(value);
    const findings = await testEnv.rows<{ rule: string; place: string }>(
      `select rule, place from ops.finding where resolution = 'open' order by place`,
    );
    expect(findings.map(({ rule }) => rule)).toEqual(Array(13).fill('fallback_area'));
    expect(findings[0]).toEqual({ rule: 'fallback_area', place: 'GB-NSM' });
  });

  test('asked again and unchanged writes nothing but that it was seen', async () => {
    const before = await counted();
    expect(await refresh()).toMatchObject({
      state: 'complete',
      newPoints: 0,
      revisedPoints: 0,
      nulledPoints: 0,
    });
    expect(await counted()).toEqual({ ...before, seen: 2 });
  });

  test('moved, renamed and withdrawn holidays are versions, and the past stays as it was known', async () => {
    const before = await now();
    const moved = { ...KING, date: '2026-04-25' };
    service.countries.set('NL', [{ ...NEW_YEAR, name: 'First of January' }, moved]);
    expect(await refresh()).toMatchObject({ state: 'complete', revisedPoints: 20, nulledPoints: 10 });
    expect(await namesOf(FLEVOLAND)).toEqual(['2026-01-01 First of January', '2026-04-25 King’s Day']);
    expect(await namesOf(FLEVOLAND, before)).toEqual([
      '2026-01-01 New Year’s Day',
      '2026-04-27 King’s Day',
      '2026-09-15 Prince’s Day',
    ]);
    const years = await testEnv.get(`/v1/datasets/${DATASET}/days?from=2025-06-01&to=2027-12-31`);
    expect(years.json.data.map(({ day, state }: { day: string; state: string }) => [day, state])).toEqual([
      ['2026-01-01', 'complete'],
      ['2027-01-01', null],
    ]);
    const { json } = await testEnv.get('/v1/versions?dataset=calendar.holidays&key=NL-FL/2026/kings-day');
    expect(json.data).toMatchObject([
      { date: '2026-04-27', version: 1, is_current: false, known_to: json.data[1].known_from },
      { date: '2026-04-25', version: 2, is_current: true, known_to: null },
    ]);
    const inSql = `select version::int, revision, is_current from calendar.holidays_versions
      where key = 'NL-FL/2026/kings-day' order by known_from`;
    expect(await testEnv.rows(inSql)).toEqual([
      { version: 1, revision: 0, is_current: false },
      { version: 2, revision: 1, is_current: true },
    ]);
    const inBoth = `select distinct h.version = o.version and h.version = h.revision + 1 as same
      from calendar.holidays h
      join calendar.holidays_of($1, '2026-01-01', '2026-12-31') o using (key)`;
    expect(await testEnv.rows(inBoth, [FLEVOLAND])).toEqual([{ same: true }]);
    const withdrawn = await testEnv.get('/v1/versions?dataset=calendar.holidays&key=NL-FL/2026/princes-day');
    expect(withdrawn.json.data).toMatchObject([{ is_current: false, known_to: json.data[1].known_from }]);
  });

  test('folded again from its payloads is what it was, row for row', async () => {
    const range = { dataset: DATASET, from: '2026-01-01', to: '2026-01-01' };
    const content = () => testEnv.rows('select * from calendar.holidays_versions order by key, known_from');
    const before = await content();
    expect(before.length).toBeGreaterThan(39);
    const rebuilt = await (await startRebuild(testEnv.temporal, range)).result();
    expect(rebuilt).toMatchObject({ total: 1, done: 1, differing: 0, errors: {} });
    expect(await content()).toEqual(before);
  });

  test('keeps its keys when another source is asked: what is the same is known by name and date', async () => {
    const dutch = service.countries.get('NL') ?? [];
    const king = { date: '2028-04-27', name: 'Koningsdag', types: ['Public'] };
    service.countries.set('NL', [{ ...NEW_YEAR, date: '2028-01-01', name: "New Year's Day" }, king]);
    await refresh(2028);
    service.countries.set('NL', dutch);
    ask({ HOLIDAYS_SOURCE: 'library' });
    await refresh(2028);
    askService(KEY);
    const named = `select key, name, source, revision from calendar.holidays
      where key in ('NL/2028/new-years-day', 'NL/2028/koningsdag') order by date`;
    expect(await testEnv.rows(named)).toEqual([
      { key: 'NL/2028/new-years-day', name: "New Year's Day", source: 'library', revision: 1 },
      { key: 'NL/2028/koningsdag', name: "King's Day", source: 'library', revision: 1 },
    ]);
  });
});

describe('what goes wrong', () => {
  test('a refused key fails the run and leaves no trace of itself', async () => {
    const before = await namesOf(FLEVOLAND);
    for (const keyIn of ['header:X-Api-Key', 'query:key']) {
      askService('wr0ng', keyIn);
      await expect(refresh()).rejects.toMatchObject({ cause: { type: 'REQUEST_REFUSED' } });
    }
    askService(KEY);
    const [row] = await testEnv.rows<{ state: string; error: string }>(
      `select state, error from ops.delivery_day where day = '2026-01-01'`,
    );
    expect(row).toMatchObject({
      state: 'complete',
      error: expect.stringContaining('answered 403: no: key …'),
    });
    const kept = await testEnv.rows<{ text: string }>(
      `select coalesce(string_agg(r::text, ' '), '') || (select string_agg(p::text, ' ') from ops.payload p) as text from ops.run r`,
    );
    expect(kept[0]?.text).not.toContain('wr0ng');
    expect(await namesOf(FLEVOLAND)).toEqual(before);
  });

  test('a key in the query is as good as one in a header', async () => {
    askService(KEY, 'query:key');
    expect(await refresh()).toMatchObject({ state: 'complete', newPoints: 0 });
    askService(KEY);
    const stored = await testEnv.rows<{ urls: string }>(
      `select string_agg(p::text, ' ') as urls from ops.payload p`,
    );
    expect(stored[0]?.urls).not.toContain(KEY);
  });

  test('a source that has forgotten a country withdraws nothing', async () => {
    const dutch = service.countries.get('NL') ?? [];
    service.countries.delete('NL');
    const open = `select severity from ops.finding where rule = 'no_holidays' and resolution = 'open'`;
    expect(await refresh()).toMatchObject({ state: 'quarantined', nulledPoints: 0 });
    expect(await namesOf(FLEVOLAND)).toHaveLength(2);
    expect(await testEnv.rows(open)).toEqual([{ severity: 'block' }]);
    service.countries.set('NL', []);
    expect(await refresh()).toMatchObject({ state: 'quarantined', nulledPoints: 0 });
    expect(await namesOf(FLEVOLAND)).toHaveLength(2);
    expect(await testEnv.rows(open)).toEqual([{ severity: 'block' }]);
    service.countries.set('NL', dutch);
    expect(await refresh()).toMatchObject({ state: 'complete', newPoints: 0, nulledPoints: 0 });
    expect(await testEnv.rows(open)).toEqual([]);
  });

  test.each([
    ['an empty list', () => service.countries.set('NL', [])],
    ['another form', () => service.countries.set('NL', [{ name: 'x', date: 'soon' }])],
    ['nothing known of the country any more', () => service.countries.delete('NL')],
  ])('a country with %s is named and keeps what it had, and the others are taken', async (_, spoil) => {
    const countries = new Map(service.countries);
    const before = await namesOf(FLEVOLAND);
    const british = countries.get('GB') ?? [];
    const renamed = { ...SUMMER, name: `Summer Bank Holiday ${serial++}` };
    service.countries.set('GB', [NEW_YEAR, renamed]);
    spoil();
    const outcome = await refresh();
    expect(outcome).toMatchObject({ state: 'quarantined', revisedPoints: 4, newPoints: 0, nulledPoints: 0 });
    expect(outcome.summary).toContain('a response was rejected');
    expect(outcome.summary).toContain('4 revised');
    expect(await namesOf(FLEVOLAND)).toEqual(before);
    expect(await namesOf(SOMERSET)).toContain(`2026-08-31 ${renamed.name}`);
    const open = `select reason from ops.finding where severity = 'block' and resolution = 'open'`;
    const rejected = expect.stringMatching(/^the answer for (GB|NL)[A-Z, -]* was rejected: .* stands$/);
    expect(await testEnv.rows(open)).toEqual([{ reason: rejected }]);
    const said = await tidemark(settingsOf(testEnv), 'refresh', DATASET, '--from-year', '2026', '--wait');
    expect(said).toMatchObject({ code: 1, stdout: expect.stringContaining('a response was rejected') });
    const range = { dataset: DATASET, from: '2026-01-01', to: '2026-01-01', dryRun: true };
    expect(await (await startRebuild(testEnv.temporal, range)).result()).toMatchObject({ differing: 0 });
    for (const [country, list] of countries) service.countries.set(country, list);
    service.countries.set('GB', british);
    expect(await refresh()).toMatchObject({
      state: 'complete',
      revisedPoints: 4,
      newPoints: 0,
      nulledPoints: 0,
    });
    expect(await testEnv.rows(open)).toEqual([]);
  });

  test('a day that is no year is refused with the hint', async () => {
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-05-01', wait: false });
    await expect(run.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('request 2026-01-01') },
    });
  });
});

describe('locations', () => {
  test('are the thirteen to begin with', async () => {
    const { json } = await testEnv.get('/v1/locations');
    expect(json.data).toHaveLength(13);
    expect(json.data[1]).toMatchObject({
      id: FLEVOLAND,
      name: 'Flevoland',
      country: 'NL',
      subdivision: 'NL-FL',
      version: 1,
    });
  });

  test('one that is added has its holidays at once, also of a country that nobody asked for before', async () => {
    service.countries.set('DE', [NEW_YEAR, { date: '2026-11-01', name: 'All Saints', counties: ['DE-BY'] }]);
    const added = await call('POST', '/v1/locations', {
      name: 'München',
      country: 'DE',
      subdivision: 'DE-BY',
      reason: 'a new site',
    });
    expect(added).toMatchObject({
      status: 201,
      json: { changed: true, location: { version: 1, active: true } },
    });
    expect(added.json.summary).toBe('München (DE-BY): added, version 1; its holidays are requested');
    const { id } = added.json.location;
    // Joins the run that the call has started, or asks again.
    await refresh();
    expect(await namesOf(id)).toEqual(['2026-01-01 New Year’s Day', '2026-11-01 All Saints']);
    const { json } = await testEnv.get(
      `/v1/data?dataset=calendar.holidays&location=${id}&from=2026-01-01&to=2026-12-31`,
    );
    expect(json.meta).toMatchObject({ fallback: false, locations: [{ name: 'München' }], latest: true });
  });

  test('a changed one is a version, and as-of answers by the version of then', async () => {
    const before = await now();
    const { json } = await call('PATCH', `/v1/locations/${SOMERSET}`, {
      subdivision: null,
      reason: 'all of it',
    });
    expect(json).toMatchObject({
      changed: true,
      location: { version: 2, subdivision: null, name: 'Somerset' },
    });
    expect(
      await call('PATCH', `/v1/locations/${SOMERSET}`, { name: 'Somerset', reason: 'again' }),
    ).toMatchObject({
      json: { changed: false, location: { version: 2 } },
    });
    expect(await namesOf(SOMERSET)).toEqual(['2026-01-01 New Year’s Day']);
    expect(await namesOf(SOMERSET, before)).toEqual([
      '2026-01-01 New Year’s Day',
      '2026-08-31 Summer Bank Holiday',
    ]);
  });

  test('a removed one is inactive, and keeps its holidays through later refreshes', async () => {
    const before = await namesOf(FLEVOLAND);
    expect(await call('DELETE', `/v1/locations/${FLEVOLAND}`, { reason: 'closed' })).toMatchObject({
      json: { changed: true, location: { active: false, version: 2 } },
    });
    await refresh();
    expect(await namesOf(FLEVOLAND)).toEqual(before);
    const listed = async (query: string) =>
      (await testEnv.get(`/v1/locations${query}`)).text.includes(FLEVOLAND);
    expect([await listed(''), await listed('?inactive=true')]).toEqual([false, true]);
    const back = { id: FLEVOLAND, reason: 'open again' };
    expect(await call('POST', '/v1/locations', back)).toMatchObject({
      status: 201,
      json: { location: { version: 3, name: 'Flevoland', country: 'NL', subdivision: 'NL-FL' } },
    });
    expect(await call('POST', '/v1/locations', back)).toMatchObject({ status: 409 });
  });

  test('wrong facts are refused with every field that is wrong', async () => {
    const wrong = { name: ' ', country: 'nl', subdivision: 'GB-X', reason: 'x' };
    expect(await call('POST', '/v1/locations', { ...wrong, name: 'x' })).toMatchObject({
      status: 422,
      json: { errors: [{ field: 'country' }, { field: 'subdivision' }] },
    });
    expect(await call('POST', '/v1/locations', { id: crypto.randomUUID(), reason: 'x' })).toMatchObject({
      status: 422,
      json: { errors: [{ field: 'name' }, { field: 'country' }] },
    });
    expect(
      (await call('PATCH', `/v1/locations/${crypto.randomUUID()}`, { name: 'x', reason: 'x' })).status,
    ).toBe(404);
  });

  test('who did what and why is audited', async () => {
    const { rows: audited } = await testEnv.deps.database.query(
      `select action, reason, done_by as by from ops.audit where status = 200 order by id`,
    );
    expect(audited).toContainEqual({
      action: 'DELETE /v1/locations/:id',
      reason: 'closed',
      by: operator.name,
    });
  });
});

test('the schedule asks for the years around now once a day, and at once when a location has changed', async () => {
  // A poll of its own would start what those of this test are to start.
  await reconcileSchedules(testEnv.temporal, testEnv.catalog.scheduled, [], () => ({
    pausedFor: 'a test polls',
  }));
  const poll = () =>
    testEnv.temporal.client.workflow.execute('pollDataset', {
      args: [{ dataset: DATASET }],
      taskQueue: 'tidemark',
      workflowId: `test-poll-${crypto.randomUUID()}`,
    }) as Promise<{ started: string[]; running: string[] }>;
  const year = new Date().getUTCFullYear();
  const years = [-1, 0, 1, 2].map((more) => `${year + more}-01-01`);
  // What the locations of these tests have started is over.
  await Promise.all([2025, 2026, 2027, 2028, 2029].map((each) => refresh(each)));
  // A run that it joined may have begun before the last change of a location: its year is due once more.
  await expect.poll(poll).toMatchObject({ started: [], running: [] });
  await testEnv.rows(
    `insert into ops.location_version (location, version, name, country, active, known_from, changed_by)
     values (gen_random_uuid(), 1, 'Netherlands', 'NL', true, clock_timestamp(), 'test')`,
  );
  const { started } = await poll();
  expect(started).toEqual(years);
  // What readers are told below stands still.
  const runOf = (day: string) => testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day));
  await Promise.all(started.map((day) => runOf(day).result()));
  await testEnv.temporal.client.schedule.getHandle(pollScheduleId(DATASET)).unpause();
});

describe('asked for by readers', () => {
  test('in SQL, of a year that was never loaded, with a warning', async () => {
    const client = new pg.Client({ connectionString: testEnv.databaseUrl });
    await client.connect();
    const warnings: string[] = [];
    client.on('notice', ({ message }) => warnings.push(message ?? ''));
    const ask = (year: number) =>
      client.query(`select * from calendar.holidays_of($1, '${year}-01-01', '${year}-12-31')`, [FLEVOLAND]);
    expect((await ask(2035)).rows).toEqual([]);
    expect(warnings).toEqual([
      'the holidays from 2035-01-01 to 2035-12-31 are not all loaded (none): {"none": 1}',
    ]);
    expect((await ask(2026)).rows).not.toEqual([]);
    expect(warnings).toHaveLength(1);
    await client.end();
    const { meta } = (
      await testEnv.get(`/v1/data?dataset=${DATASET}&from=2035-01-01&to=2035-12-31`, {
        headers: operator.headers,
      })
    ).json;
    expect(meta.coverage).toMatchObject({ days: 1, loaded: 'none', expected_points: 0, present_points: 0 });
  });

  test('of a location that was added later, of a year that was not requested since: never loaded, until it is', async () => {
    await refresh(2019);
    const { id } = (
      await call('POST', '/v1/locations', { name: 'Wien', country: 'AT', reason: 'a new site' })
    ).json.location;
    const before = await now();
    const client = new pg.Client({ connectionString: testEnv.databaseUrl });
    await client.connect();
    const warnings: string[] = [];
    client.on('notice', ({ message }) => warnings.push(message ?? ''));
    const sql = `select date from calendar.holidays_of($1, '2019-01-01', '2019-12-31', $2)`;
    const range = 'from=2019-01-01&to=2019-12-31';
    const ask = async (locations: string, more = '') =>
      (await testEnv.get(`/v1/data?dataset=${DATASET}&${range}&location=${locations}${more}`)).json;
    const inTerminal = async (...locations: string[]) => {
      const which = ['--from', '2019-01-01', '--to', '2019-12-31'];
      const named = locations.flatMap((each) => ['--location', each]);
      return (await tidemark(settingsOf(testEnv), 'query', DATASET, ...which, ...named)).stderr;
    };

    expect((await client.query(sql, [id, null])).rows).toEqual([]);
    expect(warnings).toEqual([`the holidays of location ${id} were never loaded for 2019`]);
    const none = await ask(id);
    expect([none.data, none.meta.coverage]).toEqual([
      [],
      expect.objectContaining({ days: 1, loaded: 'none', states: { none: 1 }, present_points: 0 }),
    ]);
    expect(await inTerminal(id)).toContain('loaded=none; days=1');
    const part = await ask(`${id},${FLEVOLAND}`);
    expect(part.meta.coverage).toMatchObject({ days: 1, loaded: 'part', states: { none: 1 } });
    expect(await inTerminal(id, FLEVOLAND)).toContain('loaded=part; days=1');
    expect((await ask(FLEVOLAND)).meta.coverage).toMatchObject({ loaded: 'all', states: { complete: 1 } });

    service.countries.set('AT', [NEW_YEAR]);
    await refresh(2019);
    expect((await ask(id)).meta.coverage).toMatchObject({ loaded: 'all', states: { complete: 1 } });
    expect((await ask(id, `&as_of=${before.toISOString()}`)).meta.coverage).toMatchObject({ loaded: 'none' });
    expect(await inTerminal(id)).not.toContain('not all of it is loaded');
    expect((await client.query(sql, [id, null])).rows).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    await client.end();
  });

  const LOCATION = `location=${FLEVOLAND}`;

  test('in pages by date, in three formats, with what the answer is about', async () => {
    const first = await testEnv.get(
      `/v1/data?dataset=calendar.holidays&${LOCATION}&from=2026-01-01&to=2026-12-31&limit=1`,
    );
    expect(first.json).toMatchObject({
      meta: {
        dataset: DATASET,
        latest: true,
        fallback: true,
        locations: [{ id: FLEVOLAND }],
        simulated: false,
      },
      data: [{ key: 'NL-FL/2026/new-years-day', version: 2 }],
    });
    const second = await testEnv.get(first.json.next);
    expect(second.json.data).toMatchObject([
      {
        key: 'NL-FL/2026/kings-day',
        date: '2026-04-25',
        country: 'NL',
        body: { local_name: 'Koningsdag' },
      },
    ]);
    expect(second.json.next).toBeNull();
    const csv = await testEnv.get(
      `/v1/data?dataset=calendar.holidays&${LOCATION}&from=2026-04-01&to=2026-04-30&format=csv`,
    );
    const [head = '', line = ''] = csv.text.split('\n');
    expect(head).toBe(
      'key,starts_at,delivery_day,version,revision,is_current,country,subdivision,date,name,local_name,type,substitute,source,answered_for,fallback,known_at,payload_id,body',
    );
    expect(line).toMatch(
      /^NL-FL\/2026\/kings-day,2026-04-25T00:00:00.000Z,2026-01-01,2,1,true,NL,NL-FL,2026-04-25,King’s Day,Koningsdag,public,,http,NL,true,/,
    );
    const ndjson = await testEnv.get('/v1/data?dataset=calendar.holidays&limit=2', {
      headers: { accept: 'application/x-ndjson' },
    });
    expect(
      ndjson.text
        .trim()
        .split('\n')
        .map((each) => JSON.parse(each)),
    ).toHaveLength(2);
    const all = await testEnv.get('/v1/data?dataset=calendar.holidays&format=ndjson');
    const whole = await testEnv.get('/v1/data?dataset=calendar.holidays');
    expect(whole.json.data.length).toBeGreaterThan(39);
    const lines = all.text.trim().split('\n');
    expect(lines.map((each) => JSON.parse(each))).toEqual(whole.json.data);
  });

  test.each([
    `/v1/data?dataset=calendar.holidays&${LOCATION}`,
    '/v1/data?dataset=calendar.holidays&limit=2&format=csv',
    '/v1/data?dataset=calendar.holidays&limit=2&format=ndjson',
    '/v1/versions?dataset=calendar.holidays&key=NL-FL/2026/kings-day',
  ])('%s: who has it already is told so, until something changes', async (url) => {
    const { status, headers } = await testEnv.get(url);
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-cache']);
    const again = (etag: unknown) => testEnv.get(url, { headers: { 'if-none-match': String(etag) } });
    expect(await again(headers.etag)).toMatchObject({ status: 304, text: '' });
    expect(await again('"something-else"')).toMatchObject({ status: 200 });
  });

  test.each([
    ['/v1/data?dataset=nothing', 404],
    [`/v1/data?dataset=calendar.holidays&location=${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`, 404],
    [`/v1/data?dataset=calendar.holidays&${LOCATION}&as_of=2020-01-01T00:00:00Z`, 422],
    ['/v1/data?dataset=calendar.holidays&as_of=2999-01-01T00:00:00Z', 422],
    ['/v1/data?dataset=calendar.holidays&from=2026-02-01&to=2026-01-01', 422],
    ['/v1/data?dataset=calendar.holidays&after=nonsense', 422],
    ['/v1/data?dataset=calendar.holidays&format=xlsx', 400],
    ['/v1/versions?dataset=calendar.holidays', 422],
    ['/v1/versions?dataset=calendar.holidays&key=nothing', 200],
    ['/v1/data?dataset=calendar.holidays&series=a', 422],
  ])('%s: %i', async (url, status) => {
    expect((await testEnv.get(url)).status).toBe(status);
  });

  test('of several locations: repeated or with commas, by id or name, the same in the command; in order of dates', async () => {
    const UTRECHT = '423ff765-83ac-472c-9ef7-b3a592696711';
    const range = 'dataset=calendar.holidays&from=2026-01-01&to=2026-12-31&limit=100000';
    const names = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
    const spellings = [
      ['Flevoland,Utrecht'],
      ['utrecht', 'FLEVOLAND'],
      [FLEVOLAND, UTRECHT],
      [`${FLEVOLAND.toUpperCase()}, Utrecht`],
      ['Flevoland,Utrecht', UTRECHT],
    ];
    const keysOf = async (code: string) => {
      const rows = await testEnv.rows<{ key: string }>(
        'select key from calendar.holidays where subdivision = $1 and starts_at >= $2 and starts_at < $3',
        [code, '2025-12-31T23:00:00Z', '2026-12-31T23:00:00Z'],
      );
      return rows.map(({ key }) => key);
    };
    const wanted = [...(await keysOf('NL-FL')), ...(await keysOf('NL-UT'))].sort();
    expect(wanted.length).toBeGreaterThan(2);
    const settings = { ...settingsOf(testEnv), HOLIDAYS_SOURCE: 'library' };
    for (const spelling of spellings) {
      const query = spelling.map((each) => `location=${encodeURIComponent(each)}`).join('&');
      const { json, status } = await testEnv.get(`/v1/data?${range}&${query}`);
      expect([status, names(json.meta.locations)]).toEqual([200, [FLEVOLAND, UTRECHT].sort()]);
      const rows = json.data as { key: string; date: string }[];
      expect(rows.map(({ key }) => key).sort()).toEqual(wanted);
      expect(rows.map(({ date }) => date)).toEqual(rows.map(({ date }) => date).sort());
      const options = spelling.flatMap((each) => ['--location', each]);
      const told = await tidemark(
        settings,
        ...['query', DATASET, '--from', '2026-01-01', '--to', '2026-12-31', ...options, '--json'],
      );
      expect(JSON.parse(told.stdout)).toEqual(json.data);
    }
    const payload = { dataset: DATASET, location: ['Flevoland', 'Utrecht'] };
    const pin = await testEnv.get('/v1/pins', { method: 'POST', payload });
    expect([pin.status, pin.json.locations.sort()]).toEqual([201, [FLEVOLAND, UTRECHT].sort()]);
    const pinned = await testEnv.get(pin.json.url);
    expect(names(pinned.json.meta.locations)).toEqual([FLEVOLAND, UTRECHT].sort());
    const missing = await testEnv.get(`/v1/data?${range}&location=Flevoland,Nowhere`);
    expect([missing.status, missing.json.detail]).toEqual([404, expect.stringContaining('Nowhere')]);
  });

  test('by the command, by name of the location, as known then', async () => {
    const settings = { ...settingsOf(testEnv), HOLIDAYS_SOURCE: 'library' };
    const range = ['--from', '2026-01-01', '--to', '2026-12-31', '--location', 'flevoland'];
    const { stdout, code } = await tidemark(settings, 'query', DATASET, ...range, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { key: 'NL-FL/2026/new-years-day' },
      { key: 'NL-FL/2026/kings-day' },
    ]);
    const listed = await tidemark(settings, 'locations', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toContainEqual(expect.objectContaining({ id: FLEVOLAND, version: 3 }));
    const again = await tidemark(settings, 'refresh', DATASET, '--from-year', '2026', '--wait');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2026-01-01 is complete') });
    const years = await tidemark(settings, 'days', DATASET);
    expect(years.stdout).toMatch(/^202x {5}.{6}#/m);
    const explained = await tidemark(settings, 'explain', DATASET, '--day', '2026-01-01');
    expect(explained.stdout).toContain('2026-01-01 of calendar.holidays is complete');
    const gaps = await tidemark(settings, 'days', DATASET, '--gaps');
    expect(gaps).toMatchObject({ code: 0, stderr: '' });
    const status = await tidemark(settings, 'status');
    expect(status.stdout).toMatch(/polling +next poll at/);
    expect(status.stdout).not.toContain('series');
    const wrong = await tidemark(settings, 'locations', 'change', FLEVOLAND, '--reason', 'x');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('say what changes') });
  });
});
