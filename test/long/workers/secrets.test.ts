/**
 * Does a secret ever reach a place where somebody else reads? Passwords, keys and session tokens are unique words here;
 * everything that fails is made to fail, and then the words are looked for in whatever was printed, recorded or stored.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDay } from '../../../temporal/days.ts';
import { ALONE } from '../../support/alone.ts';
import { type Settings, tidemark } from '../../support/command.ts';
import { commandFile, programOf, untilReady } from '../../support/program.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const word = (of: string) => `${of}${randomUUID().replaceAll('-', '')}`;
const SECRETS = {
  password: word('password'),
  wrongPassword: word('wrongpassword'),
  apiKey: word('apikey'),
  header: word('header'),
  cookie: word('cookie'),
  redirect: word('redirect'),
  urlPassword: word('urlpassword'),
  urlToken: word('urltoken'),
  privateKey: word('privatekey'),
};
const LOGIN = word('login');

/** What each day's source does before it answers well. */
const CONDUCTS: Readonly<
  Record<string, readonly ('good' | 'error' | 'broken-off' | 'redirect' | 'refused' | 'page')[]>
> = {
  '2026-11-01': ['good'],
  '2026-11-02': ['error', 'broken-off', 'good'],
  '2026-11-03': ['redirect'],
  '2026-11-04': ['refused'],
  '2026-11-05': ['page'],
};

let testEnv: TestEnvironment;
let source: Server;
let worker: ChildProcess;
let settings: Settings;
/** Everything that any process printed. */
const printed: string[] = [];
const requests = new Map<string, number>();
/** For what `npm start` makes before it looks at the settings. */
const stateDir = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'));

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  source = createServer((request, response) => void answer(request.url ?? '', response)).listen(
    0,
    '127.0.0.1',
  );
  await once(source, 'listening');
  await asAdmin(
    `create role ${LOGIN} login password '${SECRETS.password}' in role tidemark_owner, tidemark_writer, tidemark_reader`,
    `alter database "${new URL(testEnv.databaseUrl).pathname.slice(1)}" owner to ${LOGIN}`,
  );
  settings = {
    DATABASE_URL: urlWith(SECRETS.password),
    TEMPORAL_ADDRESS: testEnv.temporalAddress,
    // The server of the test speaks no TLS; that of a key's owner does.
    TEMPORAL_TLS: 'false',
    TEMPORAL_API_KEY: SECRETS.apiKey,
    JAO_BASE_URL: `http://127.0.0.1:${(source.address() as AddressInfo).port}`,
    LOG_LEVEL: 'trace',
  };
  worker = await startWorker();
});
afterAll(async () => {
  const ended = once(worker, 'exit');
  worker.disconnect();
  await ended;
  source.closeAllConnections();
  source.close();
  await asAdmin(
    `alter database "${new URL(testEnv.databaseUrl).pathname.slice(1)}" owner to current_user`,
    `drop owned by ${LOGIN}`,
    `drop role ${LOGIN}`,
  );
  await testEnv.close();
  rmSync(stateDir, { recursive: true });
});

function urlWith(password: string): string {
  const url = new URL(testEnv.databaseUrl);
  url.username = LOGIN;
  url.password = password;
  return url.href;
}

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** The simulator's answers, with headers that no source should send and some do. */
async function answer(url: string, response: ServerResponse): Promise<void> {
  const from = new URL(url, 'http://source').searchParams.get('FromUtc') ?? '';
  // The doctor asks for nothing in particular.
  const noon = from === '' ? 0 : Date.parse(from) + 12 * 3_600_000;
  const day = new Date(noon).toISOString().slice(0, 10);
  const count = requests.get(day) ?? 0;
  requests.set(day, count + 1);
  const conduct = CONDUCTS[day]?.[count] ?? CONDUCTS[day]?.at(-1) ?? 'good';
  response.setHeader('set-cookie', [`session=${SECRETS.cookie}; HttpOnly`, 'other=1']);
  for (const name of ['authorization', 'www-authenticate', 'x-api-key', 'x-auth-token', 'x-session'])
    response.setHeader(name, `Bearer ${SECRETS.header}`);
  if (conduct === 'error') response.writeHead(503).end('down');
  else if (conduct === 'refused') response.writeHead(401).end('who are you');
  else if (conduct === 'page') response.setHeader('x-tidemark-simulator', '1').end('<html>log in</html>');
  else if (conduct === 'redirect')
    response
      .writeHead(302, { location: `https://login.example/?token=${SECRETS.redirect}#${SECRETS.redirect}` })
      .end();
  else {
    const real = await fetch(`${testEnv.simulator.url}${url}`);
    const body = Buffer.from(await real.arrayBuffer());
    for (const name of ['content-type', 'x-tidemark-simulator', 'etag'])
      if (real.headers.has(name)) response.setHeader(name, real.headers.get(name) ?? '');
    if (conduct === 'good') response.end(body);
    else
      response
        .writeHead(200, { 'content-length': body.length })
        .write(body.subarray(0, 100), () => response.destroy());
  }
}

async function startWorker(): Promise<ChildProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...ALONE, ...settings };
  const child = spawn(process.execPath, programOf('workers/main'), {
    ...{ cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  expect(await untilReady(child, () => printed.join(''))).toBe('ready');
  return child;
}

/** Runs the command in this process and keeps what it printed. */
async function runCommand(
  args: readonly string[],
  changed: Settings = {},
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await tidemark(
    { ...settings, TEMPORAL_CONFIG_FILE: '/nowhere', ...changed },
    ...args,
  );
  printed.push(stdout, stderr);
  return { code: code ?? -1, text: stdout + stderr };
}

/** Runs one of our programs as a process to its end and keeps what it printed. */
async function ran(program: readonly string[], changed: Settings): Promise<{ code: number; text: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const common = { PATH, HOME, TIDEMARK_STATE_DIR: stateDir, TEMPORAL_CONFIG_FILE: '/nowhere' };
  const options = { cwd: ROOT, env: { ...common, ...settings, ...changed }, timeout: 200_000 };
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [...program], options, (_error, stdout, stderr) => {
      printed.push(stdout, stderr);
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr });
    });
  });
}

/** Once as a process; what it prints in whatever way, it prints to these streams. */
const COMMAND = [commandFile()];
const ROOTS: readonly (readonly string[])[] = [programOf('workers/main'), programOf('workers/migrate')];
/** What `npm start` runs once the packages are there. */
const START = [
  '--import',
  'tsx/esm',
  '--input-type=module',
  '--eval',
  `
  const { up } = await import('./scripts/start/up.ts');
  process.exit(await up([]));`,
];

test('days that go well and badly are told by the worker, Temporal and the ledger', async () => {
  const days = await Promise.all(
    Object.keys(CONDUCTS).map((day) => runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })),
  );
  await Promise.allSettled(days.map((day) => day.result()));
  const ledger = await testEnv.rows('select day, state, error from ops.delivery_day order by day');
  expect(ledger).toEqual([
    { day: '2026-11-01', state: 'complete', error: null },
    { day: '2026-11-02', state: 'complete', error: null },
    {
      day: '2026-11-03',
      state: 'failed',
      error: expect.stringContaining('to https://login.example/; redirects'),
    },
    { day: '2026-11-04', state: 'failed', error: expect.stringContaining('answered 401: who are you') },
    { day: '2026-11-05', state: 'quarantined', error: null },
  ]);
  expect(requests.get('2026-11-02')).toBe(3);
});

test('the log of a failed workflow has its message', async () => {
  const lines = () =>
    printed
      .join('')
      .split('\n')
      // The last may not be whole yet.
      .slice(0, -1)
      .filter((line) => line.includes('"Workflow failed"'))
      .map((line) => JSON.parse(line));
  await expect.poll(lines).toContainEqual(
    expect.objectContaining({
      error: expect.objectContaining({ message: expect.stringContaining('answered 401: who are you') }),
    }),
  );
  expect(lines().filter(({ error }) => !error?.message)).toEqual([]);
});

test('a database that refuses the login in the middle', async () => {
  await asAdmin(
    `alter role ${LOGIN} password '${SECRETS.wrongPassword}'`,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${LOGIN}'`,
  );
  const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-11-06', wait: false });
  const { workflow } = testEnv.temporal.client;
  const failure = async () => {
    const { raw } = await workflow.getHandle(run.workflowId).describe();
    return raw.pendingActivities?.[0]?.lastFailure;
  };
  await expect.poll(async () => (await failure())?.message ?? '').toContain('password authentication failed');
  // With one more stack it is too large for Temporal on a long path, which keeps none of its message.
  expect(await failure()).toMatchObject({
    stackTrace: '',
    cause: { stackTrace: expect.stringContaining('at ') },
  });
  for (const program of [[...COMMAND, 'status'], [...COMMAND, 'doctor', '--json'], ...ROOTS])
    expect((await ran(program, {})).text).toContain('password authentication failed');
  await asAdmin(`alter role ${LOGIN} password '${SECRETS.password}'`);
  expect(await run.result()).toMatchObject({ state: 'complete' });
});

test.each<[string, Settings]>([
  ['the wrong password', { DATABASE_URL: '' }],
  ['no database', { DATABASE_URL: `postgres://me:${SECRETS.password}@127.0.0.1:9/x` }],
  ['no database at any address', { DATABASE_URL: `postgres://me:${SECRETS.password}@localhost:9/x` }],
  ['no such host', { DATABASE_URL: `postgres://me:${SECRETS.password}@nowhere.invalid/x` }],
  ['no Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:9' }],
  ['TLS that Temporal has not', { TEMPORAL_TLS: 'true' }],
  [
    'a broken key of a client certificate',
    {
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_CLIENT_CERT_DATA: 'no certificate',
      TEMPORAL_TLS_CLIENT_KEY_DATA: `-----BEGIN PRIVATE KEY-----\n${SECRETS.privateKey}\n-----END PRIVATE KEY-----`,
    },
  ],
  ['a source that is not there', { JAO_BASE_URL: 'http://127.0.0.1:9' }],
])('%s', async (_what, changed) => {
  const given = changed.DATABASE_URL === '' ? { DATABASE_URL: urlWith(SECRETS.wrongPassword) } : changed;
  const roots = 'JAO_BASE_URL' in given ? [] : ROOTS;
  const ended = await Promise.all([
    runCommand(['doctor'], given),
    ...roots.map((program) => ran(program, given)),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([1, ...roots.map(() => 1)]);
  // A secret must not be kept by saying nothing.
  for (const { text } of ended) expect(text).toMatch(/(: |\().{20}/);
});

/** Wrong settings, each with a secret in it. All that are wrong are named at once, so one start does for several. */
const WRONG: readonly Settings[] = [
  {
    DATABASE_URL: `mysql://me:${SECRETS.password}@host/x`,
    JAO_BASE_URL: `http://me:${SECRETS.urlPassword}@127.0.0.1:9`,
    TEMPORAL_API_KEY: `${SECRETS.apiKey}\n`,
    TEMPORAL_UI_URL: `http://host/?token=${SECRETS.urlToken}`,
    HTTPS_PROXY: `me:${SECRETS.urlPassword}@proxy:3128`,
  },
  {
    DATABASE_URL: `postgres://me:${SECRETS.password}%@host/x`,
    JAO_BASE_URL: `http://127.0.0.1:9/?token=${SECRETS.urlToken}`,
    TEMPORAL_GRPC_META_AUTHORIZATION: `${SECRETS.apiKey}\u0007`,
    TEMPORAL_TLS_CLIENT_KEY_DATA: SECRETS.privateKey,
    HTTP_PROXY: `http://me:${SECRETS.urlPassword}@[proxy`,
  },
  {
    DATABASE_URL: `postgres://me:${SECRETS.password}@host/x?sslrootcert=/nowhere`,
    TEMPORAL_ADDRESS: `http://me:${SECRETS.urlPassword}@host`,
  },
];

test.each(WRONG.map((changed) => [Object.keys(changed).join(', '), changed] as const))(
  'wrong settings: %s',
  async (_names, changed) => {
    const programs = [...ROOTS, START].map((program) => ran(program, changed));
    const ended = await Promise.all([runCommand(['status'], changed), ...programs]);
    for (const { code, text } of ended) {
      expect([1, 2]).toContain(code);
      for (const name of Object.keys(changed)) expect(text).toContain(name.replace(/_KEY_DATA$/, '_KEY_'));
    }
  },
);

test('no secret was printed, recorded in a workflow’s history, or stored', async () => {
  const at = ['--series', 'border_DE_FR', '--at', '2026-11-01T10:00:00Z'];
  expect((await runCommand(['explain', DATASET, ...at])).code).toBe(0);
  const places = {
    printed: printed.join('\n'),
    histories: await histories(),
    stored: await everyRow(),
  };
  // Were they looked for where they would be? What must be there is.
  expect(places.printed).toContain('delivery day given up');
  expect(places.histories).toContain('redirects are not followed');
  expect(places.histories).toContain('password authentication failed');
  expect(places.stored).toContain('who are you');
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(SECRETS)
      .filter(
        ([, secret]) =>
          text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, -4)),
      )
      .map(([name]) => `${name} is in what was ${place}`),
  );
  expect(found).toEqual([]);
});

/** Every event of every run, payloads read as text. */
async function histories(): Promise<string> {
  const { workflow } = testEnv.temporal.client;
  const texts: string[] = [];
  const asText = (_key: string, value: unknown) =>
    value instanceof Uint8Array || (value as { type?: string } | null)?.type === 'Buffer'
      ? Buffer.from((value as { data?: number[] }).data ?? (value as Uint8Array)).toString('utf8')
      : value;
  for await (const { workflowId, runId } of workflow.list())
    texts.push(JSON.stringify(await workflow.getHandle(workflowId, runId).fetchHistory(), asText));
  expect(texts.length).toBeGreaterThanOrEqual(Object.keys(CONDUCTS).length);
  return texts.join('\n');
}

/** Every row of every table of ours, and what PostgreSQL shows of sessions. */
async function everyRow(): Promise<string> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('ops', 'catalog')
     union all select 'pg_stat_activity'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  await client.end();
  return texts.join('\n');
}
