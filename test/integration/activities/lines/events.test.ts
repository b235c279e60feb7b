/** Is what was sent safe once it was acknowledged, and does it become what a file of it would? */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { delayOf } from '../../../../api/records/inbox.ts';
import { decide } from '../../../../temporal/decisions.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type ApiEnvironment, answerOf, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { event } from '../../../support/sample-events.ts';

const DATASET = 'checkout.events';
const NDJSON = { 'content-type': 'application/x-ndjson' };

let testEnv: ApiEnvironment;
let sender: TestKey;
let texts: string;
beforeAll(async () => {
  texts = await mkdtemp(join(tmpdir(), 'tidemark-texts-'));
  testEnv = await openApiEnvironment({ filesFolder: texts });
  sender = await makeKey(testEnv, { role: 'operator' });
});
afterAll(async () => {
  await testEnv.close();
  await rm(texts, { recursive: true, force: true });
});

async function send(payload: string | object, headers: Record<string, string> = NDJSON) {
  const url = `/v1/events/${DATASET}`;
  return answerOf(
    await testEnv.api.inject({ method: 'POST', url, payload, headers: { ...sender.headers, ...headers } }),
  );
}

const waiting = async () =>
  (await testEnv.rows<{ lines: number }>('select coalesce(sum(lines), 0)::int as lines from ops.inbox'))[0]
    ?.lines;

describe('what is sent', () => {
  test('is in the inbox when it is acknowledged: lines, a list or one record', async () => {
    const before = (await waiting()) ?? 0;
    const lines = [event({ id: 'a1' }), event({ id: 'a2' })].map((each) => JSON.stringify(each)).join('\n');
    expect(await send(`${lines}\n\n`)).toMatchObject({ status: 202, json: { accepted: 2 } });
    expect(await send([event({ id: 'a3' }), event({ id: 'a4' })], {})).toMatchObject({
      json: { accepted: 2 },
    });
    expect(await send(event({ id: 'a5' }), {})).toMatchObject({ json: { accepted: 1 } });
    expect(await waiting()).toBe(before + 5);
  });

  test('without a key for it, to nobody, of another type or of nothing is refused, and nothing is kept', async () => {
    const before = await waiting();
    const reader = await makeKey(testEnv);
    const payload = JSON.stringify(event({}));
    const post = async (url: string, headers: Record<string, string>, body = payload) =>
      (await testEnv.api.inject({ method: 'POST', url, payload: body, headers })).statusCode;
    const url = `/v1/events/${DATASET}`;
    expect(await post(url, NDJSON)).toBe(401);
    expect(await post(url, { ...NDJSON, ...reader.headers })).toBe(403);
    expect(await post('/v1/events/no.such', { ...NDJSON, ...sender.headers })).toBe(404);
    expect(await post('/v1/events/jao-core.max-exchanges', { ...NDJSON, ...sender.headers })).toBe(422);
    expect(await post(url, { 'content-type': 'text/plain', ...sender.headers })).toBe(415);
    expect(await post(url, { 'content-type': 'text/csv', ...sender.headers })).toBe(422);
    expect(await post(url, { ...NDJSON, ...sender.headers }, '\n\n')).toBe(422);
    expect(await post('/v1/pins', { ...NDJSON, ...sender.headers })).toBe(415);
    expect(await waiting()).toBe(before);
  });

  test('to a full inbox is refused until there is room', async () => {
    await testEnv.deps.database.query(
      `insert into ops.inbox (dataset, lines, size_bytes, bytes) values ($1, 1, $2, '')`,
      [DATASET, 2 ** 30],
    );
    const api = await buildApi(testEnv.deps);
    const url = `/v1/events/${DATASET}`;
    const payload = JSON.stringify(event({}));
    const answer = answerOf(
      await api.inject({ method: 'POST', url, payload, headers: { ...NDJSON, ...sender.headers } }),
    );
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    await api.close();
    await testEnv.rows('delete from ops.inbox where size_bytes = $1', [2 ** 30]);
  });
});

test('senders are slowed as what they sent is seen late, by at most a second, and not at a standstill', async () => {
  expect([0, 2_000, 3_000, 7_000, 12_000, 29_000, 31_000].map(delayOf)).toEqual([
    0, 0, 100, 500, 1_000, 1_000, 0,
  ]);
  await testEnv.deps.database.query(
    `insert into ops.inbox (dataset, lines, size_bytes, bytes, received_at)
     values ($1, 1, 0, '', clock_timestamp() - interval '13 s')`,
    [DATASET],
  );
  const api = await buildApi(testEnv.deps);
  const url = `/v1/events/${DATASET}`;
  const payload = JSON.stringify(event({ id: 'slow' }));
  const startMs = performance.now();
  const answer = await api.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...NDJSON, ...sender.headers },
  });
  expect(answer.statusCode).toBe(202);
  expect(performance.now() - startMs).toBeGreaterThan(990);
  await api.close();
  await testEnv.rows(`delete from ops.inbox where size_bytes = 0 or encode(bytes, 'escape') like '%"slow"%'`);
});

describe('what was sent', () => {
  test('becomes records through Temporal, broken lines findings, and nothing stays behind', async () => {
    const hostile = [
      '{',
      '[1]',
      'null',
      '"text"',
      '{"id":1}',
      `${'['.repeat(20_000)}`,
      JSON.stringify(event({ id: 'deep', more: nested(200) })),
      JSON.stringify(event({ id: 'nul\u0000', name: 'a\u0000' })),
      JSON.stringify(event({ id: 'ok-nul', name: 'a\u0000\ud800' })),
      JSON.stringify(event({ id: 'x'.repeat(300) })),
      JSON.stringify(event({ id: 'time', time: 'yesterday' })),
      JSON.stringify(event({ id: 'far', time: '+275760-01-01T00:00:00Z' })),
      JSON.stringify(event({ id: 'version', version: 1.5 })),
      JSON.stringify(event({ id: 'type', type: 'SomethingElse' })),
      JSON.stringify(event({ id: 'price', price: 'cheap' })),
      '{"id":"proto","__proto__":{"x":1}}',
    ];
    await send(hostile.join('\n'));
    await send(Buffer.from([0xff, 0xfe, 0x7b, 0x0a]).toString('latin1'));
    await send([1, 'two', null].map((each) => JSON.stringify(each)).join('\n'));
    await testEnv.startWorker();
    await wakeDrain(testEnv.temporal, DATASET);
    await expect.poll(waiting).toBe(0);
    const keys = await testEnv.rows<{ key: string }>('select key from checkout.events order by key');
    expect(keys.map(({ key }) => key)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'ok-nul']);
    const rules = await testEnv.rows<{ rule: string }>(
      'select distinct rule from ops.finding where dataset = $1 order by rule',
      [DATASET],
    );
    expect(rules.map(({ rule }) => rule)).toEqual([
      'unknown_type',
      'unreadable_event',
      'unreadable_key',
      'unreadable_time',
      'unreadable_value',
      'unreadable_version',
    ]);
    const [day] = await testEnv.rows<{ state: string }>(
      'select state from ops.delivery_day where dataset = $1 and present_points > 0',
      [DATASET],
    );
    expect(day?.state).toBe('quarantined');
  });

  test('has days with a story like those of any dataset', async () => {
    const story = await testEnv.get(`/v1/datasets/${DATASET}/days/2026-11-20`);
    expect(story).toMatchObject({
      status: 200,
      json: { shape: 'records', state: 'quarantined', present_points: 6, intervals: null },
    });
    expect(story.json.findings_total).toBeGreaterThan(0);
    const days = await testEnv.get(`/v1/datasets/${DATASET}/days?from=2026-11-18&to=2026-11-20`);
    expect(days.json.data.map(({ summary }: { summary: string }) => summary)).toEqual([
      'nothing was sent for 2026-11-18',
      'nothing was sent for 2026-11-19',
      story.json.summary,
    ]);
  });

  test('again is the same, and a higher version counts whatever the order', async () => {
    const id = randomUUID();
    await send([event({ id, version: 3, price: 3 }), event({ id, version: 1, price: 1 })], {});
    await send([event({ id, version: 2, price: 2 }), event({ id, version: 3, price: 3 })], {});
    await expect.poll(waiting).toBe(0);
    expect(
      await testEnv.rows('select version, article_price from checkout.events where key = $1', [id]),
    ).toEqual([{ version: 3, article_price: '3' }]);
    expect(
      (await testEnv.rows('select version from checkout.events_versions where key = $1', [id])).length,
    ).toBe(3);
    await send([event({ id, version: 4, deleted: true })], {});
    await expect.poll(() => testEnv.rows('select 1 from checkout.events where key = $1', [id])).toEqual([]);
  });

  test('a file of them is loaded by loadFile, and folded again by rebuild', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-events-'));
    const file = join(folder, 'events.ndjson.gz');
    const time = '2025-11-25T10:00:00Z';
    const lines = [
      event({ id: 'f1', time }),
      event({ id: 'f2', time }),
      event({ id: 'f3', time, version: -1 }),
    ];
    await writeFile(file, gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')));
    const load = async () => (await startLoad(testEnv.temporal, { dataset: DATASET, file })).result();
    expect(await load()).toMatchObject({ stage: 'loaded', result: { lines: 3, newPoints: 2 } });
    // What was unpacked is gone: the bytes are in payloads, from which a person can be erased.
    expect(await readdir(texts)).toEqual([]);
    expect(await load()).toMatchObject({ stage: 'known', result: { lines: 3, newPoints: 2 } });
    expect(await readdir(texts)).toEqual([]);
    await rm(folder, { recursive: true });
    const day = '2025-11-25';
    const rebuilt = await startRebuild(testEnv.temporal, { dataset: DATASET, from: day, to: day });
    expect(await rebuilt.result()).toMatchObject({ total: 1, done: 1, differing: 0, errors: {} });
  });

  const LOADED = '2025-11-25';
  const stateOf = async () =>
    (
      await testEnv.rows<{ state: string; quarantined_points: number }>(
        'select state, quarantined_points from ops.delivery_day where dataset = $1 and day = $2',
        [DATASET, LOADED],
      )
    )[0];
  const rebuild = async (more: { dryRun?: boolean } = {}) =>
    (await startRebuild(testEnv.temporal, { dataset: DATASET, from: LOADED, to: LOADED, ...more })).result();

  test('a rebuild that changes a day leaves a row in SQL; a dry run and one that changes nothing leave none', async () => {
    const trail = () =>
      testEnv.rows('select * from ops.rebuilt_day where dataset = $1 and day = $2', [DATASET, LOADED]);
    await testEnv.rows(`delete from store.checkout__events where key = 'f1'`);
    expect(await rebuild({ dryRun: true })).toMatchObject({ differing: 1 });
    expect(await trail()).toEqual([]);
    expect(await rebuild()).toMatchObject({ differing: 1 });
    expect(await rebuild()).toMatchObject({ differing: 0 });
    expect(await trail()).toMatchObject([
      {
        workflow_id: expect.stringContaining('rebuild:checkout.events'),
        ...{ run_id: expect.any(String), rebuilt_at: expect.any(Date), decoder_before: 2, decoder_after: 2 },
        ...{ state_before: 'quarantined', state_after: 'quarantined' },
        ...{ values_differing: 1, versions_differing: 1, findings_differing: 0 },
      },
    ]);
  });

  test('what is quarantined is not released: that is refused with the hint, by workflow and API', async () => {
    const about = { dataset: DATASET, day: LOADED, rule: 'unreadable_version', by: 'test', reason: 'test' };
    const hint = `"tidemark rebuild ${DATASET} --day ${LOADED}" reads the stored bytes again`;
    await expect(decide(testEnv.temporal, { ...about, decision: 'release' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining(hint) },
    });
    const url = `/v1/datasets/${DATASET}/days/${LOADED}/decisions`;
    const call = async (payload: object) =>
      answerOf(await testEnv.api.inject({ method: 'POST', url, payload, headers: sender.headers }));
    expect(await call({ verb: 'release', rule: 'unreadable_version', reason: 'x' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining(hint) },
    });
    expect(await call({ verb: 'absent', reason: 'x' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('no day of it is owed') },
    });
    expect(await stateOf()).toEqual({ state: 'quarantined', quarantined_points: 1 });
  });

  test('what is waived stays out, and its day is complete, also when it comes again and through rebuilds', async () => {
    const about = { dataset: DATASET, day: LOADED, rule: 'unreadable_version', by: 'test', reason: 'test' };
    expect(await decide(testEnv.temporal, { ...about, decision: 'waive' })).toMatchObject({
      state: 'complete',
    });
    const complete = { state: 'complete', quarantined_points: 0 };
    expect(await stateOf()).toEqual(complete);
    expect(await rebuild()).toMatchObject({ differing: 0, errors: {} });
    expect(await stateOf()).toEqual(complete);
    // What was decided about stays when a person is erased: it quotes nothing.
    expect(
      await testEnv.rows(`select verb, finding_text ~ '^sha256:[0-9a-f]{64}$' as hidden from ops.decision`),
    ).toEqual([{ verb: 'waive', hidden: true }]);
    const time = `${LOADED}T10:00:00Z`;
    await send([event({ id: 'f4', time }), event({ id: 'f3', time, version: -1 })], {});
    await expect.poll(() => testEnv.rows(`select 1 from checkout.events where key = 'f4'`)).toHaveLength(1);
    expect(await stateOf()).toEqual(complete);
    await send([event({ id: 'f3', time, version: -2 })], {});
    await expect.poll(stateOf).toEqual({ state: 'quarantined', quarantined_points: 1 });
    expect(await rebuild()).toMatchObject({ differing: 0, errors: {} });
    expect(await stateOf()).toEqual({ state: 'quarantined', quarantined_points: 1 });
  });

  test('a drain sleeps when nothing comes, and is awake at once when something does', async () => {
    const drain = testEnv.temporal.client.workflow.getHandle(`drain:${DATASET}`);
    const steps = async () => (await drain.describe()).raw.pendingActivities ?? [];
    await expect.poll(steps).toHaveLength(0);
    const sentMs = performance.now();
    await send([event({ id: 'woken' })], {});
    const seen = () => testEnv.rows(`select 1 from checkout.events where key = 'woken'`);
    await expect.poll(seen, { interval: 20 }).toHaveLength(1);
    // Long before it would have looked by itself.
    expect(performance.now() - sentMs).toBeLessThan(10_000);
    // And again: lines that come while it is about to fall asleep are not left lying.
    for (const [n, pauseMs] of [4_500, 4_900, 5_100, 2_900, 3_100].entries()) {
      await send([event({ id: `late ${n}` })], {});
      const isThere = () => testEnv.rows('select 1 from checkout.events where key = $1', [`late ${n}`]);
      const lateMs = performance.now();
      await expect.poll(isThere, { interval: 20 }).toHaveLength(1);
      expect(performance.now() - lateMs).toBeLessThan(10_000);
      await delay(pauseMs);
    }
  });

  test('a drain that is asked for twice is one', async () => {
    await wakeDrain(testEnv.temporal, DATASET);
    const { runId } = await testEnv.temporal.client.workflow.getHandle(`drain:${DATASET}`).describe();
    await wakeDrain(testEnv.temporal, DATASET);
    expect((await testEnv.temporal.client.workflow.getHandle(`drain:${DATASET}`).describe()).runId).toBe(
      runId,
    );
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
