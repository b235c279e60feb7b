/** Are records asked the same questions as points, and answered as SQL does: as-of, gate, versions, formats, pages, pins, ETag? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordDataset } from '../../../../domain/dataset/records.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRecord, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const streamed = sampleRecordDataset();
const withdrawn = sampleRecordDataset({ id: 'sample.notices', silence: 'withdraw' });
const changing = sampleRecordDataset({ id: 'sample.changing', silence: 'withdraw' });

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([streamed, withdrawn, changing]);
  await testEnv.publishRecords(withdrawn, DAY, new Date('2026-03-01T08:00:00Z'), [
    say('a', 1, { colour: 'red', price: 1.5, sold: true, since: '2020-02-29', holder: 'Zoe' }),
    say('b', 1, { colour: '=1+1', seen: '2026-03-01T07:00:00Z' }),
  ]);
  await testEnv.publishRecords(withdrawn, DAY, new Date('2026-03-02T08:00:00Z'), [
    say('a', 1, { colour: 'blue', price: -2, sold: false }),
  ]);
  for (const [n, day] of [DAY, addDays(DAY, 1)].entries())
    await testEnv.publishRecords(streamed, day, new Date(`${day}T12:00:00Z`), [
      say('x', n + 1, { colour: `of day ${n}` }),
    ]);
});
afterAll(() => testEnv.close());

const DAY = '2026-03-01';
const ask = (dataset: RecordDataset, query = '') => testEnv.get(`/v1/data?dataset=${dataset.id}${query}`);
const colours = async (dataset: RecordDataset, query: string) =>
  (await ask(dataset, query)).json.data.map(({ key, colour }: Record<string, string>) => `${key} ${colour}`);

function say(key: string, version: number, body: SampleRecord['body']): SampleRecord {
  return { key, at: `${DAY}T10:00:00Z`, version, body };
}

describe('knowledge', () => {
  test.each([
    ['', ['a blue']],
    ['&as_of=2026-03-02T07:59:59Z', ['a red', 'b =1+1']],
    ['&as_of=2026-03-02T08:00:00Z', ['a blue']],
    ['&as_of=2026-03-01T07:59:59Z', []],
    ['&gate=D%2B0T12:00', ['a red', 'b =1+1']],
    ['&gate=D%2B1T12:00', ['a blue']],
    ['&gate=D-1T12:00', []],
    ['&gate=D%2B1T12:00&as_of=2026-03-01T20:00:00Z', ['a red', 'b =1+1']],
    ['&key=b&as_of=2026-03-01T20:00:00Z', ['b =1+1']],
    ['&from=2026-03-01&to=2026-03-01', ['a blue']],
    ['&from=2026-03-02', []],
  ])('a dataset that withdraws, asked %j: %j', async (query, rows) => {
    expect(await colours(withdrawn, query)).toEqual(rows);
  });

  test('a record that moved is told of each day as it stood at the gate of that day', async () => {
    expect(await colours(streamed, '')).toEqual(['x of day 1']);
    expect(await colours(streamed, '&gate=D%2B0T20:00')).toEqual(['x of day 0', 'x of day 1']);
  });

  test('every version, as SQL has them', async () => {
    const { json } = await testEnv.get(`/v1/versions?dataset=${withdrawn.id}&key=a`);
    const rows = await testEnv.rows(
      `select key, starts_at, delivery_day, version::int, revision, is_current, known_from, known_to, payload_id, colour
       from sample.notices_versions where key = 'a' order by known_from`,
    );
    expect(json.data).toMatchObject(JSON.parse(JSON.stringify(rows)));
    expect(json.data).toHaveLength(2);
  });

  test('the answer says what it is about', async () => {
    const { json, headers } = await ask(withdrawn, '&key=a');
    expect(json.meta).toMatchObject({
      ...{ dataset: withdrawn.id, from: null, to: null, key: 'a', latest: true },
      ...{ as_of: '2026-03-02T08:00:00.000Z', coverage: { days: 1, states: { complete: 1 } } },
    });
    expect(headers['tidemark-unit']).toBeUndefined();
    const fixed = await ask(withdrawn, `&key=a&as_of=${json.meta.as_of}`);
    expect(fixed.json.data).toEqual(json.data);
  });
});

describe('pages and pins', () => {
  test('pages fit together, and are the whole', async () => {
    const query = '&as_of=2026-03-01T20:00:00Z';
    const first = await ask(withdrawn, `${query}&limit=1`);
    const second = await testEnv.get(first.json.next);
    expect(second.json.next).toBeNull();
    const whole = (await ask(withdrawn, query)).json.data;
    expect([...first.json.data, ...second.json.data]).toEqual(whole);
  });

  test('a pin keeps its rows, whatever is revised', async () => {
    const at = new Date('2026-03-05T08:00:00Z');
    await testEnv.publishRecords(changing, DAY, at, [say('a', 1, { colour: 'red', holder: 'Zoe' })]);
    const pin = await testEnv.post('/v1/pins', { dataset: changing.id, key: 'a' });
    expect(pin).toMatchObject({ status: 201, json: { rows: 1, key: 'a', from: null, series: null } });
    const before = await testEnv.get(`${pin.json.url}&format=csv`);
    await testEnv.publishRecords(changing, DAY, new Date('2026-03-06T08:00:00Z'), [
      say('a', 1, { colour: 'blue' }),
    ]);
    expect((await testEnv.get(`${pin.json.url}&format=csv`)).text).toBe(before.text);
    expect(before.text).toContain('red');
    expect(before.text).not.toContain('Zoe');
    expect(await colours(changing, '')).toEqual(['a blue']);
  });

  test.each([
    [`dataset=sample.things&series=a`, 'series'],
    [`dataset=sample.things&location=9415913d-fffa-41f9-9323-6d62e6100a31`, 'location'],
    [
      `dataset=sample.things&after=${Buffer.from('["2026-03-01T00:00:00Z","a"]').toString('base64url')}`,
      'after',
    ],
    [`dataset=sample.things&from=2026-03-02&to=2026-03-01`, 'to'],
  ])('%s is refused with the field', async (query, field) => {
    expect(await testEnv.get(`/v1/data?${query}`)).toMatchObject({
      status: 422,
      json: { errors: [{ field }] },
    });
  });
});

type Event =
  | { readonly kind: 'publish'; readonly colours: readonly (string | null)[] }
  | { readonly kind: 'rebuild' };

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      colours: fc.array(fc.constantFrom(null, 'red', 'blue'), { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'rebuild' }) },
);

describe('the ETag of records', () => {
  let serial = 0;
  const known = new Map<string, { readonly text: string; readonly etag: string }>();
  const urls = ['json', 'csv', 'arrow'].map((format) => `/v1/data?dataset=${changing.id}&format=${format}`);

  async function live(events: readonly Event[]): Promise<void> {
    const day = addDays('2025-01-01', serial);
    for (const event of events) {
      serial += 1;
      if (event.kind === 'rebuild') await testEnv.rebuild(changing, day);
      else
        await testEnv.arriveRecords(changing, day, new Date(Date.now() + serial), recordsOf(event.colours));
      for (const url of urls) await askAgain(url);
    }
  }

  const recordsOf = (all: readonly (string | null)[]) =>
    all.map((colour, n) => say(`k${n}`, 1, { colour, serial: colour === null ? serial : 0 }));

  /** Other bytes have another ETag; the same ETag has the same bytes, and is answered with 304. */
  async function askAgain(url: string): Promise<void> {
    const { raw, headers } = await testEnv.get(url);
    const [text, etag] = [raw.toString('latin1'), String(headers.etag)];
    const before = known.get(url);
    known.set(url, { text, etag });
    if (!before) return;
    const { status } = await testEnv.get(url, { 'if-none-match': before.etag });
    if (before.text !== text) expect([etag === before.etag, status]).toEqual([false, 200]);
    if (etag === before.etag) expect([text, status]).toEqual([before.text, 304]);
  }

  test('is another whenever a byte is', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyEvent, { minLength: 2, maxLength: 6 }), live), {
      numRuns: runs(6),
      seed: 20261122,
      endOnFailure: true,
    });
  }, 120_000);
});
