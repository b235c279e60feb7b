/** Can a reader that does not read, that leaves, or that asks too much keep the others from reading? On real sockets. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReadingLimits } from '../../../../api/dependencies.ts';
import { type RunningApi, serveApi } from '../../../../api/server.ts';
import type { Database } from '../../../../db/connection/client.ts';
import { readPoints } from '../../../../db/queries/answers/rows.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import {
  type ApiEnvironment,
  LIMITS,
  openApiEnvironment,
  openTestApiDatabase,
} from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { DATASET } from '../../../support/test-environment.ts';

/** Rows of some 15 MB: more than what sockets keep for a reader that does not read. */
const [FROM, TO] = ['2026-10-01', '2026-10-30'];
const EXPORT = `/v1/data?dataset=${DATASET}&from=${FROM}&to=${TO}&format=ndjson`;
const SMALL = `/v1/data?dataset=${DATASET}&from=${TO}&to=${TO}`;

let testEnv: ApiEnvironment;
/** Sees all sessions, and may end them. */
let admin: pg.Client;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  admin = new pg.Client({ connectionString: testEnv.databaseUrl });
  await admin.connect();
  await testEnv.startWorker();
  await testEnv.load(FROM, TO);
});
afterAll(async () => {
  await admin.end();
  await testEnv.close();
});

let api: RunningApi;
let database: Database;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api.close();
  await database.end();
});

/** A server of its own, with sessions of its own. */
async function serve(limits: Partial<ReadingLimits>): Promise<void> {
  database = openTestApiDatabase(testEnv.databaseUrl);
  const deps = { ...testEnv.deps, database, limits: { ...LIMITS, ...limits } };
  api = await serveApi(deps, { host: '127.0.0.1', port: 0 });
}

/** Asks, and reads no more than the head of the answer; then nothing. */
async function askWithoutReading(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const socket = ask(path, headers);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return { socket, head: first.toString() };
}

interface Answer {
  readonly socket: Socket;
  readonly head: string;
}

function ask(path: string, headers: Record<string, string> = {}): Socket {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}\r\n`);
  return socket;
}

interface Statement {
  readonly values: readonly unknown[];
}

/** Sessions of the server that are in a transaction, or run a statement. */
async function busy(): Promise<{ pid: number; state: string }[]> {
  const { rows } = await admin.query(
    `select pid, state from pg_stat_activity
     where datname = current_database() and application_name = 'test api' and state <> 'idle'`,
  );
  return rows;
}

describe('an export whose reader takes nothing', () => {
  test('loses its connections after the stated patience', async () => {
    // Long enough to be seen in its transaction before it ends.
    await serve({ readerPatienceMs: 3_000 });
    const { socket, head } = await askWithoutReading(EXPORT);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(busy).toHaveLength(1);
    await expect.poll(busy).toEqual([]);
    expect(database).toMatchObject({ waitingCount: 0 });
    socket.resume();
    await once(socket, 'close');
  });

  test('gives its place back when PostgreSQL ends its session', async () => {
    await serve({ exportsAtOnce: 1 });
    const { socket } = await askWithoutReading(EXPORT);
    // The export stands still between two pieces, in its transaction.
    await expect.poll(busy).toMatchObject([{ state: 'idle in transaction' }]);
    const [session] = await busy();
    await admin.query('select pg_terminate_backend($1)', [session?.pid]);
    await expect.poll(() => database.totalCount - database.idleCount).toBe(0);
    socket.resume();
    await once(socket, 'close');
    const answer = await fetch(`${api.url}${EXPORT}`);
    expect(answer.status).toBe(200);
    expect((await answer.text()).length).toBeGreaterThan(10_000_000);
  });

  test('is one of a few: twenty of them leave small reads alone, and others their exports', async () => {
    await serve({ exportsAtOnce: 4 });
    const exports = await Promise.all(Array.from({ length: 20 }, () => askWithoutReading(EXPORT)));
    const refused = exports.filter(({ head }) => head.startsWith('HTTP/1.1 429 '));
    expect(refused).toHaveLength(16);
    for (const { head } of refused) {
      expect(head).toMatch(/retry-after: \d+/);
      expect(head).toMatch(/4 exports of this address are running.*wait until one has ended/);
    }
    expect((await fetch(`${api.url}${SMALL}`)).status).toBe(200);
    const { headers } = await makeKey(testEnv);
    const others = await fetch(`${api.url}${EXPORT}`, { headers });
    expect(others.status).toBe(200);
    await others.body?.cancel();
    for (const { socket } of exports) socket.destroy();
    await expect
      .poll(async () => {
        const { status, body } = await fetch(`${api.url}${EXPORT}`);
        await body?.cancel();
        return status;
      })
      .toBe(200);
  }, 180_000);
});

test('a server that is told to end finishes its answers, and does not wait for what the connections might ask next', async () => {
  await serve({});
  const agent = new Agent({ keepAlive: true });
  const request = get(`${api.url}${EXPORT}`, { agent });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const closed = api.close();
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  expect(bytes).toBeGreaterThan(10_000_000);
  // A kept connection would be waited for more than a minute.
  await closed;
  agent.destroy();
}, 60_000);

test('small answers in any format are no exports, and hold no session while they are sent', async () => {
  await serve({ exportsAtOnce: 1 });
  for (const format of ['json', 'csv', 'ndjson', 'arrow', 'parquet'])
    await Promise.all(Array.from({ length: 8 }, () => askWithoutReading(`${SMALL}&format=${format}`))).then(
      (answers) => {
        for (const { head } of answers) expect(head).toMatch(/^HTTP\/1\.1 200 /);
      },
    );
  await expect.poll(busy).toEqual([]);
});

describe('while the database does not get on', () => {
  let stuck: pg.Client;
  const standStill = () => stuck.query('begin; lock table ops.delivery_day');
  const goOn = () => stuck.query('rollback');
  // Apart from the session that looks at the others: within a transaction it would see them stand still.
  beforeAll(async () => {
    stuck = new pg.Client({ connectionString: testEnv.databaseUrl });
    await stuck.connect();
  });
  afterEach(goOn);
  afterAll(() => stuck.end());

  test('a reader that leaves takes its statement along, and nothing follows', async () => {
    await serve({});
    // How soon: the server looks twice a second, however busy the machine is.
    const { rows } = await database.query<{ every: string }>(
      `select current_setting('client_connection_check_interval') as every`,
    );
    expect(rows).toEqual([{ every: '500ms' }]);
    await standStill();
    for (const path of [EXPORT, SMALL, `/v1/datasets/${DATASET}/coverage?from=${FROM}&to=${TO}`]) {
      const socket = ask(path);
      await expect.poll(busy).toMatchObject([{ state: 'active' }]);
      socket.destroy();
      await expect.poll(busy).toEqual([]);
    }
    await goOn();
    expect(await busy()).toEqual([]);
    expect((await fetch(`${api.url}${SMALL}`)).status).toBe(200);
  });

  test('an answer that takes too long is given up with all its statements, and says so', async () => {
    // A small read takes a fraction of it, also on a busy machine.
    await serve({ answerMs: 5_000 });
    await standStill();
    const answer = await fetch(`${api.url}${SMALL}`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      detail: expect.stringMatching(/longer than the 5 s .*shorter range/),
    });
    await expect.poll(busy).toEqual([]);
    await goOn();
    expect((await fetch(`${api.url}${SMALL}`)).status).toBe(200);
  });
});

describe('a century under a gate', () => {
  const gate = 'D-1T12:00';
  const century = `/v1/data?dataset=${DATASET}&from=1927-01-01&to=2026-12-31&gate=${gate}`;

  test('is answered as quickly as its days that have data', async () => {
    await serve({});
    const whole = await fetch(`${api.url}${century}&format=csv`);
    const days = await fetch(
      `${api.url}/v1/data?dataset=${DATASET}&from=${FROM}&to=${TO}&gate=${gate}&format=csv`,
    );
    expect(await whole.text()).toBe(await days.text());
  });

  test('costs a statement for its days, one for each chunk that has some, and sends the gates of the chunk', async () => {
    await serve({});
    const sent: (readonly unknown[])[] = [];
    const counting = {
      query: (...question: [string | Statement, unknown[]?]) => {
        const [first, values = []] = question;
        sent.push(typeof first === 'string' ? values : first.values);
        return database.query(...(question as [string, unknown[]]));
      },
    };
    const requested: string[] = [];
    const gateOf = (day: string) => {
      requested.push(day);
      return new Date('2030-01-01T00:00:00Z');
    };
    const rows = readPoints(
      counting as never,
      {
        ...{ dataset: testEnv.catalog.find(DATASET) as PulledPoints, series: null, chunkMs: 3 * 86_400_000 },
        ...{ key: null, areas: null, personal: false },
        ...{ from: new Date('1927-01-01T00:00:00Z'), to: new Date('2027-01-01T00:00:00Z') },
        knowledge: { kind: 'gates', gateOf, until: null },
      },
      { after: null, limit: null },
    );
    let count = 0;
    for await (const page of rows) count += page.length;
    const [{ points } = { points: 0 }] = await testEnv.rows<{ points: number }>(
      'select count(*) as points from jao_core.max_exchanges',
    );
    expect(count).toBe(points);
    // Thirty days in chunks of three, and those at the edges.
    expect(sent.length).toBeLessThan(16);
    expect([...new Set(requested)]).toHaveLength(30);
    for (const values of sent.slice(1)) {
      const days = values.find(Array.isArray) as unknown[];
      expect(days.length).toBeLessThan(8);
    }
  });
});
