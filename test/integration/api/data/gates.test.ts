/** Does an answer for a gate say what it rests on: which days were recorded by their gate, and which gates still lie ahead? */
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import maxExchanges from '../../../../datasets/jao-core/max-exchanges.ts';
import { addDays, dayAt, dayInterval, eachDay, instantAt } from '../../../../domain/time/civil-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { tidemark } from '../../../support/command.ts';
import { runs } from '../../../support/runs.ts';
import { sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const ZONE = 'Europe/Amsterdam';
const GATE = 'D-1T12:00';
const HOUR_MS = 3_600_000;
const things = sampleRecordDataset();
const years = sampleRecordDataset({ id: 'sample.years', period: 'year' });
const today = dayAt(Date.now(), ZONE);

/** Where its gate lies, and when the day was recorded: hours after its gate, or not at all. */
const CASES = [
  { day: addDays(today, -4), recordedAfter: -3 },
  { day: addDays(today, -3), recordedAfter: 0 },
  { day: addDays(today, -2), recordedAfter: 1 },
  { day: addDays(today, -1), recordedAfter: undefined },
  { day: addDays(today, 2), recordedAfter: -48 },
  { day: addDays(today, 3), recordedAfter: undefined },
];
const [FIRST, LAST] = [CASES[0]?.day ?? '', CASES.at(-1)?.day ?? ''];
const RANGE = `dataset=${maxExchanges.id}&from=${FIRST}&to=${LAST}`;

const gateOf = (day: string) => new Date(instantAt(addDays(day, -1), '12:00', ZONE));
const recordedAt = ({ day, recordedAfter }: (typeof CASES)[number]) =>
  recordedAfter === undefined ? undefined : new Date(gateOf(day).getTime() + recordedAfter * HOUR_MS);

/** What is wanted of each day of the range, as of an instant. */
function wanted(at: Date) {
  const gate_days = eachDay(FIRST, LAST).map((day) => {
    const known = CASES.find((each) => each.day === day);
    const since = known && recordedAt(known);
    const gate = gateOf(day);
    return {
      ...{ day, gate_at: gate.toISOString(), reached: gate <= at },
      recorded: since !== undefined && since <= gate && since <= at,
    };
  });
  const since = recordedAt(CASES[0] as (typeof CASES)[number]) as Date;
  return {
    days_asked: gate_days.length,
    days_known: gate_days.filter(({ recorded }) => recorded).length,
    days_provisional: gate_days.filter(({ reached }) => !reached).length,
    recorded_since: since <= at ? since.toISOString() : null,
    gate_days,
  };
}

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([maxExchanges, things, years]);
  for (const each of CASES) {
    const at = recordedAt(each);
    if (!at) continue;
    const body = Buffer.from(maxExchanges.example.answer(dayInterval(each.day, ZONE)));
    await testEnv.publishBytes(maxExchanges, each.day, at, body);
  }
});
afterAll(() => testEnv.close());

const ask = (query: string, path = '/v1/data') => testEnv.get(`${path}?${RANGE}&gate=${GATE}&${query}`);
const ofGate = (meta: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(wanted(new Date())).map((name) => [name, meta[name]]));
/** Days that have rows at their gate. */
const DAYS_WITH_ROWS = wanted(new Date())
  .gate_days.filter(({ recorded }) => recorded)
  .map(({ day }) => day);

describe('the API', () => {
  test('says it in JSON, and in every row', async () => {
    const { status, json } = await ask('limit=100000');
    expect(status).toBe(200);
    expect(ofGate(json.meta)).toEqual(wanted(new Date()));
    const told = new Set(
      json.data.map((row: Record<string, string>) => `${row.delivery_day} ${row.gate_at} ${row.reached}`),
    );
    const days = wanted(new Date()).gate_days.filter(({ recorded }) => recorded);
    expect([...told]).toEqual(days.map(({ day, gate_at, reached }) => `${day} ${gate_at} ${reached}`));
    expect(days.map(({ reached }) => reached)).toEqual([true, true, false]);
  });

  test('says it of buckets', async () => {
    const { json } = await ask('resolution=P1D', '/v1/data/aggregated');
    expect(ofGate(json.meta)).toEqual(wanted(new Date()));
  });

  test.each(['csv', 'ndjson', 'arrow', 'parquet', 'json'])('says it in the headers of %s', async (format) => {
    const { headers } = await ask(`format=${format}&limit=10`);
    const { days_asked, days_known, days_provisional, recorded_since } = wanted(new Date());
    expect(headers['tidemark-gate']).toBe(
      `${GATE}; days-asked=${days_asked}; days-known=${days_known}; days-provisional=${days_provisional}; recorded-since=${recorded_since}`,
    );
    expect(daysOfHeader(String(headers['tidemark-gate-days']))).toEqual(
      wanted(new Date()).gate_days.map(({ day, reached, recorded }) => ({ day, reached, recorded })),
    );
    expect(headers['tidemark-gate-days']).toContain(gateOf(FIRST).toISOString());
  });

  test('says it in the metadata of Arrow and Parquet', async () => {
    const arrow = tableFromIPC((await ask('format=arrow')).raw);
    expect(ofGate(JSON.parse(arrow.schema.metadata.get('tidemark') ?? ''))).toEqual(wanted(new Date()));
    const { raw } = await ask('format=parquet');
    const file = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer;
    const [about] = parquetMetadata(file).key_value_metadata ?? [];
    expect(ofGate(JSON.parse(about?.value ?? ''))).toEqual(wanted(new Date()));
  });

  test('says it in a pin, with the same bytes from then on', async () => {
    const { json } = await testEnv.post('/v1/pins', {
      ...{ dataset: maxExchanges.id, from: FIRST, to: LAST, gate: GATE },
    });
    const pinned = () => testEnv.get(`/v1/data?pin=${json.pin}&limit=100000`);
    const before = await pinned();
    expect(ofGate(before.json.meta)).toEqual(wanted(new Date()));
    expect((await pinned()).raw.equals(before.raw)).toBe(true);
    const { json: again } = await testEnv.post('/v1/pins', {
      ...{ dataset: maxExchanges.id, from: FIRST, to: LAST, gate: GATE },
    });
    expect(again.pin).toBe(json.pin);
  });

  test('a range in which nothing was recorded is no empty history', async () => {
    const [from, to] = ['2023-01-01', '2023-02-28'];
    const { json } = await testEnv.get(
      `/v1/data?dataset=${maxExchanges.id}&from=${from}&to=${to}&gate=${GATE}`,
    );
    expect(json).toMatchObject({
      data: [],
      meta: { days_asked: 59, days_known: 0, days_provisional: 0, recorded_since: expect.any(String) },
    });
  });

  test('without a gate nothing is said of one', async () => {
    const { json, headers } = await testEnv.get(`/v1/data?${RANGE}&limit=1`);
    expect(json.meta).not.toHaveProperty('gate_days');
    expect(json.data[0]).not.toHaveProperty('reached');
    expect(headers).not.toHaveProperty('tidemark-gate');
  });

  test.each([
    { dataset: things, days: ['2026-03-01', '2026-03-02', '2026-03-03'] },
    { dataset: years, days: ['2024-01-01', '2025-01-01', '2026-01-01'] },
  ])('says it of records: $dataset.id', async ({ dataset, days }) => {
    const [first = '', middle = '', last = ''] = days;
    const record = { key: 'a', at: `${middle}T12:00:00Z`, version: 1, body: {} };
    await testEnv.publishRecords(dataset, middle, new Date(`${addDays(middle, -3)}T09:00:00Z`), [record]);
    const url = `/v1/data?dataset=${dataset.id}&gate=${GATE}`;
    const bounded = await testEnv.get(`${url}&from=${first}&to=${last}`);
    expect(bounded.json.meta).toMatchObject({ days_asked: 3, days_known: 1, days_provisional: 0 });
    expect(bounded.json.meta.gate_days.map(({ day }: { day: string }) => day)).toEqual(days);
    expect(bounded.json.data[0]).toMatchObject({ key: 'a', reached: true });
    const all = await testEnv.get(url);
    expect(all.json.meta).toMatchObject({ days_asked: 1, days_known: 1 });
  });
});

/** `2026-11-21/2026-11-23; gate-at=…; reached=true; recorded=false, …` */
function daysOfHeader(text: string) {
  return text.split(', ').flatMap((run) => {
    const [, first = '', last, reached, recorded] =
      /^([\d-]{10})(?:\/([\d-]{10}))?; gate-at=\S+; reached=(\w+); recorded=(\w+)$/.exec(run) ?? [];
    const about = { reached: reached === 'true', recorded: recorded === 'true' };
    return eachDay(first, last ?? first).map((day) => ({ day, ...about }));
  });
}

describe('SQL', () => {
  test('says it of the days asked for, and as of an instant', async () => {
    const read = (at: Date | null) =>
      testEnv.rows<Record<string, unknown>>(
        `select delivery_day as day, gate_at, reached, recorded from catalog.gate_days($1, $2, $3, $4, $5)`,
        [maxExchanges.id, GATE, FIRST, LAST, at],
      );
    expect(JSON.parse(JSON.stringify(await read(null)))).toEqual(wanted(new Date()).gate_days);
    for (const each of CASES) {
      const at = new Date(Math.min(gateOf(each.day).getTime(), Date.now() - 60_000));
      expect(JSON.parse(JSON.stringify(await read(at)))).toEqual(wanted(at).gate_days);
    }
  });

  test('says it in every row of the function for a gate', async () => {
    const rows = await testEnv.rows<{ day: string; gate_at: Date; reached: boolean }>(
      `select distinct delivery_day as day, gate_at, reached from jao_core.max_exchanges_at_gate($1) order by 1`,
      [GATE],
    );
    const days = wanted(new Date()).gate_days.filter(({ recorded }) => recorded);
    expect(JSON.parse(JSON.stringify(rows))).toEqual(days.map(({ recorded, ...day }) => day));
  });

  test('has the instant of a gate where clocks change, as the API has it', async () => {
    const zones = ['Europe/Amsterdam', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];
    const changes = ['2026-03-29', '2026-10-25', '2018-11-04', '2018-02-18', '2026-04-05', '2026-10-04'];
    const two = (n: number) => String(n).padStart(2, '0');
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${two(h)}:${two(m)}`);
    const early = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 15, 30, 59));
    const near = fc.oneof(
      time,
      early.map(([h, m]) => `${two(h)}:${two(m)}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.constantFrom(...changes),
        fc.integer({ min: -2, max: 2 }),
        near,
        async (zone, change, days, clock) => {
          const [row] = await testEnv.rows<{ at: Date }>(
            'select catalog.gate_instant($1, $2, $3::interval, $4) as at',
            [addDays(change, -days), days, clock, zone],
          );
          expect(row?.at.toISOString()).toBe(new Date(instantAt(change, clock, zone)).toISOString());
        },
      ),
      { numRuns: runs(150) },
    );
  });
});

describe('the command', () => {
  const query = (...options: string[]) =>
    tidemark(
      { DATABASE_URL: testEnv.url },
      ...['query', maxExchanges.id, '--from', FIRST, '--to', LAST, '--gate', GATE, ...options],
    );

  test.each(['table', 'json', 'csv', 'ndjson'])('says it on standard error beside %s', async (format) => {
    const { code, stderr, stdout } = await query('--format', format, '--series', 'border_DE_FR');
    expect(code).toBe(0);
    const { days_asked, days_known, recorded_since } = wanted(new Date());
    expect(stderr).toContain(
      `gate ${GATE}: ${days_known} of ${days_asked} days were recorded by their gate; recorded since ${recorded_since}`,
    );
    const lost = wanted(new Date()).gate_days.filter(({ reached, recorded }) => reached && !recorded);
    expect(stderr).toContain(`${lost[0]?.day} to ${lost.at(-1)?.day}: not recorded by its gate`);
    expect(stderr).toContain(`${addDays(today, 2)}: provisional, its gate lies ahead`);
    expect(stderr).toContain(`${addDays(today, 3)}: provisional`);
    expect(stdout).toContain('gate_at');
    const rows = format === 'json' ? (JSON.parse(stdout) as { delivery_day: string }[]) : [];
    if (format === 'json')
      expect([...new Set(rows.map(({ delivery_day }) => delivery_day))]).toEqual(DAYS_WITH_ROWS);
  });
});

describe('an answer as of a settled instant', () => {
  test('stays the same when the gate passes and when more becomes known, also in what it says of days', async () => {
    const day = addDays(today, 3);
    const first = await ask('limit=100000');
    const settled = String(first.json.meta.as_of);
    const instants = [settled, gateOf(addDays(today, -2)).toISOString(), gateOf(FIRST).toISOString()];
    const asked = () =>
      Promise.all(instants.map((at) => ask(`limit=100000&as_of=${encodeURIComponent(at)}`)));
    const before = await asked();
    expect(before[0]?.raw.equals(first.raw)).toBe(true);
    for (const [n, at] of instants.entries())
      if (n > 0) expect(ofGate(before[n]?.json.meta)).toEqual(wanted(new Date(at)));
    const body = Buffer.from(maxExchanges.example.answer(dayInterval(day, ZONE)));
    await testEnv.publishBytes(maxExchanges, day, new Date(), body);
    const after = await asked();
    for (const [n, answer] of after.entries()) expect(answer.raw.equals(before[n]?.raw as Buffer)).toBe(true);
    const { json } = await ask('limit=1');
    expect(json.meta.gate_days.at(-1)).toMatchObject({ day, reached: false, recorded: true });
  });
});
