/** Does a reader of the change feed get every change once and in order, whoever is killed meanwhile? */

import { type ChildProcess, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChangeFeed, type ReadPage } from '../../../../api/feed/change-feed.ts';
import { sendEvents } from '../../../../api/feed/event-stream.ts';
import { serveApi } from '../../../../api/server.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { appendChanges, nextChangeIds, type StampedChange } from '../../../../db/queries/answers/changes.ts';
import { revokeKey } from '../../../../db/queries/operation/api-keys.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { freePort } from '../../../chaos/addresses.ts';
import { ALONE } from '../../../support/alone.ts';
import {
  type Answer,
  type ApiEnvironment,
  openApiEnvironment,
} from '../../../support/api/api-environment.ts';
import { type ReadEvent, readEvents } from '../../../support/api/event-reader.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { settingsOf } from '../../../support/command.ts';
import { programOf, untilReady } from '../../../support/program.ts';
import { DATASET } from '../../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const DAY = '2026-11-01';

let testEnv: ApiEnvironment;
let change: StampedChange;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load(DAY, DAY);
  const [row] = await testEnv.rows<StampedChange>(
    `select id, cursor, dataset, day, payload_id as "payloadId", kind, new_points as "newPoints", revised_points as "revisedPoints",
       nulled_points as "nulledPoints", largest_difference as "largestDifference", known_at as "knownAt" from ops.change`,
  );
  change = row as StampedChange;
});
afterAll(() => testEnv.close());

/** One more change, as a writer of its own would commit it. */
const write = () =>
  transaction(testEnv.database, async (sql) => {
    const [id] = await nextChangeIds(sql, 1);
    await appendChanges(sql, [{ ...change, id: id as number }]);
  });
const cursors = async () =>
  (await testEnv.rows<{ cursor: number }>('select cursor from ops.change order by cursor')).map(
    (row) => row.cursor,
  );
const cursorsOf = ({ json }: Answer) => json.data.map((each: { cursor: number }) => each.cursor);

describe('pages', () => {
  test('fit together from wherever they are resumed', async () => {
    for (let n = 0; n < 5; n++) await write();
    const whole = await testEnv.get('/v1/changes');
    expect(cursorsOf(whole)).toEqual(await cursors());
    expect(whole.json).toMatchObject({ next: (await cursors()).at(-1), more: false });
    expect(whole.json.data[0]).toMatchObject({
      dataset: DATASET,
      day: DAY,
      kind: 'published',
      new_points: 3600,
    });
    const pieces: number[] = [];
    for (let since = 0, more = true; more; ) {
      const page = await testEnv.get(`/v1/changes?since=${since}&limit=2&dataset=${DATASET}`);
      pieces.push(...cursorsOf(page));
      ({ next: since, more } = page.json);
    }
    expect(pieces).toEqual(await cursors());
  });

  test('can begin at an instant, and go on by cursor', async () => {
    await write();
    const { data } = (await testEnv.get('/v1/changes')).json;
    const { known_at: from } = data.at(-1);
    const since = data.filter(({ known_at }: { known_at: string }) => known_at >= from);
    expect((await testEnv.get(`/v1/changes?known_from=${from}`)).json.data).toEqual(since);
    expect(since.length).toBeLessThan(data.length);
    const later = new Date(Date.parse(from) + 1).toISOString();
    const none = await testEnv.get(`/v1/changes?known_from=${later}`);
    expect(none.json).toEqual({ data: [], next: (await cursors()).at(-1), more: false });
    expect((await testEnv.get('/v1/changes?known_from=yesterday')).status).toBe(400);
  });

  test('refuse a cursor that the feed has not reached', async () => {
    const end = (await cursors()).at(-1) ?? 0;
    for (const path of ['/v1/changes', '/v1/changes/stream']) {
      const answer = await testEnv.get(`${path}?since=${end + 1}`);
      expect(answer.json).toMatchObject({ status: 422, errors: [{ field: 'since' }] });
      expect(answer.json.detail).toContain(`the feed ends at ${end}`);
    }
    expect((await testEnv.get('/v1/changes?since=-1')).status).toBe(400);
  });
});

describe('the stream', () => {
  test('has one poll for all readers, and each reader every change', async () => {
    let questions = 0;
    const counting = {
      query: (text: string, values: unknown[]) => {
        questions += 1;
        return testEnv.deps.database.query(text, values);
      },
    };
    const feed = new ChangeFeed(counting as never, [DATASET]);
    const since = (await cursors()).at(-1) ?? 0;
    const ended = new AbortController();
    setMaxListeners(0, ended.signal);
    const reader = { since, datasets: [DATASET], ended: ended.signal };
    // The first to come begins the poll.
    await feed.read({ ...reader, idleMs: 1 }).next();
    const readers = Array.from({ length: 50 }, async () => {
      const seen: number[] = [];
      for await (const { changes } of feed.read({ ...reader, idleMs: 60_000 })) {
        seen.push(...changes.map(({ cursor }) => cursor));
        if (seen.length >= 5) break;
      }
      return seen;
    });
    for (let n = 0; n < 5; n++) await write();
    const written = (await cursors()).filter((cursor) => cursor > since);
    expect(written).toHaveLength(5);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(written);
    expect(questions).toBeLessThan(50);
    feed.close();
  });

  test('shows signs of life, with the cursor up to which was looked', async () => {
    const feed = new ChangeFeed(testEnv.deps.database, [DATASET]);
    const ended = new AbortController();
    const since = (await cursors()).at(-1) ?? 0;
    for await (const page of feed.read({
      since,
      datasets: ['other.dataset'],
      idleMs: 50,
      ended: ended.signal,
    })) {
      expect(page).toEqual({ changes: [], readTo: since });
      break;
    }
    feed.close();
  });

  test('ends when the server closes', async () => {
    const running = await serveApi(testEnv.deps, { host: '127.0.0.1', port: 0 });
    const seen: ReadEvent[] = [];
    const reader = readEvents(`${running.url}/v1/changes/stream?since=0`, undefined, {
      onEvent: (event) => seen.push(event),
      onId: () => {},
    });
    await expect.poll(() => seen.length).toBe((await cursors()).length);
    await running.close();
    await reader.over;
  });

  test('ends within seconds for a key that is revoked or has expired, and goes on for others', async () => {
    const running = await serveApi({ ...testEnv.deps, access: 'keys' }, { host: '127.0.0.1', port: 0 });
    const soon = new Date(Date.now() + 3_000);
    const keys = [
      await makeKey(testEnv),
      await makeKey(testEnv, { expiresAt: soon }),
      await makeKey(testEnv),
    ];
    const over = [false, false, false];
    const received = [0, 0, 0];
    const readers = keys.map(({ headers }, n) => {
      const stream = request(`${running.url}/v1/changes/stream`, { headers });
      stream.once('error', () => {});
      stream.once('response', (response) => {
        response.on('data', () => {
          received[n] = (received[n] ?? 0) + 1;
        });
        response.once('end', () => {
          over[n] = true;
        });
      });
      stream.end();
      return stream;
    });
    await expect.poll(() => received.every((times) => times > 0)).toBe(true);
    await revokeKey(testEnv.deps.database, keys[0]?.id ?? '', 'test');
    await expect.poll(() => over).toEqual([true, true, false]);
    for (const reader of readers) reader.destroy();
    await running.close();
  });

  /** Gives pages as fast as they are taken, to a reader who is waited for so long. */
  function endlessFeed(patienceMs: number) {
    const given = { pages: 0 };
    async function* endless(): AsyncGenerator<ReadPage> {
      for (;;) {
        given.pages += 1;
        yield { changes: Array.from({ length: 1_000 }, (_, i) => ({ ...change, cursor: i })), readTo: 0 };
      }
    }
    const server = Fastify();
    server.get('/', (_, reply) => sendEvents(reply, endless(), patienceMs));
    return { server, given };
  }

  test('drops a client that does not read', async () => {
    const { server, given } = endlessFeed(200);
    await server.listen({ host: '127.0.0.1', port: 0 });
    const connected = once(server.server, 'connection');
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
    await connected;
    await expect.poll(() => open(server.server)).toBe(0);
    // What the machine's own buffers take, and no more.
    expect(given.pages).toBeLessThan(200);
    socket.destroy();
    await server.close();
  });

  test('drops one that has no connection either, as tests ask', async () => {
    const { server, given } = endlessFeed(50);
    const answer = await server.inject({ url: '/', payloadAsStream: true });
    await expect(finished(answer.stream())).rejects.toThrow('destroyed before completion');
    expect(given.pages).toBeGreaterThan(0);
    await server.close();
  });
});

function open(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

/** How often the server is killed while changes are being written. */
const KILLS = 3;

test('no change is missed, none comes twice and all come in order, while server and reader are killed', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/v1/changes/stream`;
  const seen: number[] = [];
  let lastId = 0;
  let writing = true;
  let kills = 0;
  const took = {
    onEvent: ({ id }: ReadEvent) => void seen.push(id),
    onId: (id: number) => {
      lastId = id;
    },
  };
  const writers = [
    startBackfill(testEnv.temporal, { dataset: DATASET, from: '2026-10-20', to: '2026-10-29' }).then((run) =>
      run.result(),
    ),
    ...Array.from({ length: 3 }, async () => {
      // Until the server has been killed in the middle of it, however long one takes to start here.
      for (let n = 0; n < 100 || kills < KILLS; n++) {
        await write();
        await passes(Math.random() * 80);
      }
    }),
  ];
  const written = Promise.all(writers).finally(() => {
    writing = false;
  });
  let drops = 0;
  let patienceMs = 700;
  while (writing || seen.length < (await cursors()).length) {
    const server = await startServer(port);
    const killed = once(server, 'exit');
    // The last one may live until everything is read.
    const timer = setTimeout(() => writing && server.kill('SIGKILL'), 500 + Math.random() * 2_500);
    while (server.exitCode === null && server.signalCode === null) {
      const reader = readEvents(url, lastId, took);
      const before = seen.length;
      const leave = setTimeout(() => reader.drop(), Math.random() * patienceMs);
      await reader.over;
      // One that leaves before anything can come would never get on.
      patienceMs = seen.length > before ? 700 : patienceMs * 1.5;
      clearTimeout(leave);
      drops += 1;
      if (!writing && seen.length >= (await cursors()).length) break;
    }
    clearTimeout(timer);
    server.kill('SIGKILL');
    await killed;
    kills += 1;
  }
  await written;
  expect(seen).toEqual(await cursors());
  expect(kills).toBeGreaterThanOrEqual(KILLS);
  expect(drops).toBeGreaterThan(kills);
}, 600_000);

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The API as a process of its own, ready for requests. */
async function startServer(port: number): Promise<ChildProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const settings = { ...settingsOf(testEnv), PORT: String(port), API_ACCESS: 'open', LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, programOf('api/main'), {
    cwd: ROOT,
    env: { PATH, HOME, ...ALONE, API_REQUESTS_PER_MINUTE: '100000', ...settings },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  expect(await untilReady(child)).toMatchObject({ url: expect.any(String) });
  return child;
}
