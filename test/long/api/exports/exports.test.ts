/** Are exports answered by a process of their own, with the same bytes, whatever becomes of it? The programs themselves. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../../config/installation.ts';
import { freePort } from '../../../chaos/addresses.ts';
import { ALONE } from '../../../support/alone.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { settingsOf } from '../../../support/command.ts';
import { programOf, untilReady } from '../../../support/program.ts';
import { DATASET } from '../../../support/test-environment.ts';

const EXPORT = `/v1/data?dataset=${DATASET}&from=2026-10-01&to=2026-10-10`;
const BUCKETS = EXPORT.replace('/data?', '/data/aggregated?').concat('&resolution=PT1H');
const PLAIN = '/data/jao-core.max-exchanges?start_time=2026-10-01&end_time=2026-10-10';

let testEnv: ApiEnvironment;
let api: ChildProcess;
let url: string;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load('2026-10-01', '2026-10-10');
  const port = String(await freePort());
  const settings = { ...settingsOf(testEnv), PORT: port, API_ACCESS: 'open', LOG_LEVEL: 'error' };
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...ALONE, ...settings };
  api = spawn(process.execPath, programOf('api/main'), {
    ...{ cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  });
  await untilReady(api);
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  const child = await processForExports();
  expect(child).toBeGreaterThan(0);
  api.kill('SIGTERM');
  await once(api, 'exit');
  expect(existsSync(`/proc/${child}`)).toBe(false);
  await testEnv.close();
});

const sessions = async () =>
  (
    await testEnv.rows<{ name: string }>(
      `select distinct application_name as name from pg_stat_activity
       where datname = current_database() and application_name like 'tidemark api%' order by 1`,
    )
  ).map(({ name }) => name);

async function processForExports(): Promise<number | undefined> {
  const children = await readFile(`/proc/${api.pid}/task/${api.pid}/children`, 'utf8').catch(() => '');
  for (const pid of children.trim().split(' ').filter(Boolean)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('tidemark-exports-')) return Number(pid);
  }
  return undefined;
}

test('a small read needs none', async () => {
  const answer = await fetch(`${url}/v1/data?dataset=${DATASET}&from=2026-10-01&to=2026-10-01&format=csv`);
  expect(answer.status).toBe(200);
  expect(await sessions()).toEqual(['tidemark api']);
  expect(await processForExports()).toBeUndefined();
});

test('exports have the bytes and headers that this process would give them', async () => {
  for (const path of [
    ...['csv', 'ndjson', 'arrow', 'parquet'].map((format) => `${EXPORT}&format=${format}`),
    ...[`${BUCKETS}&format=csv`, PLAIN],
  ]) {
    const [answer, here] = [await fetch(url + path), await testEnv.get(path)];
    expect([answer.status, here.status]).toEqual([200, 200]);
    expect(Buffer.from(await answer.arrayBuffer()).equals(here.raw)).toBe(true);
    for (const name of [
      'content-type',
      'etag',
      'tidemark-as-of',
      'tidemark-coverage',
      'content-security-policy',
    ])
      expect(answer.headers.get(name)).toBe(here.headers[name]);
    const known = await fetch(url + path, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect([known.status, await known.text()]).toEqual([304, '']);
  }
  expect(await sessions()).toContain('tidemark api exports');
}, 180_000);

test('a problem there is a problem here', async () => {
  const answer = await fetch(`${url}${EXPORT}&as_of=2026-09-01T00:00:00Z&format=csv`);
  expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringMatching(/^delivery_day/)]);
  expect((await fetch(`${url}/v1/data?pin=AAAAAAAAAAAAAAAA&format=csv`)).status).toBe(404);
});

test('when it is killed the next export starts another', async () => {
  const before = await processForExports();
  expect(before).toBeGreaterThan(0);
  process.kill(before ?? 0, 'SIGKILL');
  await expect.poll(processForExports).toBeUndefined();
  expect((await fetch(`${url}${EXPORT}&format=csv`)).status).toBe(200);
  expect(await processForExports()).not.toBe(before);
});
