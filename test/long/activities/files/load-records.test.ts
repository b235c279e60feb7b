/** Is a file of records a load like any other: progress, zip, addresses, preview, stopped and resumed, whatever is killed? */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordsPreview } from '../../../../activities/files/preview-records.ts';
import type { LoadFileInput } from '../../../../domain/files/load.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { programOf, untilReady } from '../../../support/program.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const DATASET = 'checkout.events';
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const HEADER = 'id,type,time,version,user_id,related_id,article_id,price,currency';
const LINES = 60_000;
const DAYS = 5;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-records-'));
const texts = join(folder, 'texts');

let testEnv: TestEnvironment;
const processes: ChildProcess[] = [];
beforeAll(async () => {
  testEnv = await openTestEnvironment({ filesFolder: texts });
});
afterAll(async () => {
  for (const child of processes) child.kill('SIGTERM');
  await Promise.all(processes.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker as a process of its own: it can be killed. */
async function spawnWorker(): Promise<ChildProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, programOf('test/support/impatient-worker'), {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...{ PATH, HOME, TIDEMARK_STATE_DIR: '/nowhere', TEMPORAL_CONFIG_FILE: '/nowhere' },
      ...{ ...settingsOf(testEnv), LOG_LEVEL: 'error', TIDEMARK_FILES: texts },
    },
  });
  processes.push(child);
  await untilReady(child);
  return child;
}

/** Events in no order of days; some cannot be read. */
function lineOf(n: number): string {
  const day = `2026-11-${String(10 + (n % DAYS)).padStart(2, '0')}`;
  const time = n % 5_000 === 0 ? 'yesterday' : `${day}T10:${String(n % 60).padStart(2, '0')}:00Z`;
  return `e${n},ArticleAddedToCart,${time},1,user-${n % 997},cart-${n},article-${n % 31},${n % 90}.5,EUR`;
}

function fileOf(name: string, from: number, lines: number): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `${[HEADER, ...Array.from({ length: lines }, (_, n) => lineOf(from + n))].join('\n')}\n`,
  );
  return path;
}

const start = (file: string, more: Partial<LoadFileInput> = {}) =>
  startLoad(testEnv.temporal, { dataset: DATASET, file, ...more });
const count = async () =>
  (
    await testEnv.rows<{ events: number; versions: number }>(
      `select (select count(*)::int from checkout.events) as events, (select count(*)::int from checkout.events_versions) as versions`,
    )
  )[0];

/** Keeps everybody else from writing, once those who have waited for longer have written. */
async function holdRecords() {
  const session = await testEnv.database.connect();
  await session.query('begin');
  await session.query(`select pg_advisory_xact_lock(hashtextextended('tidemark.records ' || $1, 0))`, [
    DATASET,
  ]);
  return {
    async release() {
      await session.query('commit');
      session.release();
    },
  };
}

async function waitingForLock(sessions: number): Promise<void> {
  const waiting = () =>
    testEnv.rows(
      `select 1 from pg_locks join pg_database d on d.oid = database
       where locktype = 'advisory' and not granted and datname = current_database()`,
    );
  await expect.poll(waiting).toHaveLength(sessions);
}

test('a file is loaded range by range while workers are killed, stopped in the middle and resumed', async () => {
  const file = fileOf('events.csv', 0, LINES);
  const broken = LINES / 5_000;
  const first = await spawnWorker();
  // Ranges are written one after the other. The first is let through, and the worker is killed before the second is.
  const before = await holdRecords();
  const started = await start(file);
  await waitingForLock(1);
  const between = holdRecords();
  await waitingForLock(2);
  await before.release();
  let [total, done] = [0, 0];
  const linesDone = async () => {
    ({ total, done } = await started.progress());
    return done;
  };
  await expect.poll(linesDone).toBeGreaterThan(0);
  first.kill('SIGKILL');
  await (await between).release();
  expect({ total, hasMore: done < total }).toEqual({ total: LINES + 1, hasMore: true });
  await testEnv.temporal.client.workflow.getHandle(started.workflowId).cancel();
  await spawnWorker();
  await expect(started.result()).rejects.toThrow(WorkflowFailedError);

  const second = await spawnWorker();
  const resumed = await start(file, { concurrency: 4 });
  await expect.poll(async () => (await resumed.progress()).done).toBeGreaterThan(0);
  second.kill('SIGKILL');
  const { stage: end, result } = await resumed.result();
  expect({ end, lines: result.lines }).toEqual({ end: 'loaded', lines: LINES });
  expect(await count()).toEqual({ events: LINES - broken, versions: LINES - broken });
  const days = await testEnv.rows<{ present: number }>(
    `select sum(present_points)::int as present from ops.delivery_day where dataset = $1`,
    [DATASET],
  );
  expect(days).toEqual([{ present: LINES - broken }]);

  const range = { dataset: DATASET, from: '2026-11-10', to: '2026-11-14', dryRun: true };
  expect(await (await startRebuild(testEnv.temporal, range)).result()).toMatchObject({
    differences: [],
    errors: {},
  });
  expect(await (await start(file)).result()).toMatchObject({ stage: 'known', result: { lines: LINES } });
}, 600_000);

test('zip and addresses are unpacked, loaded and not kept; the same content under another name is known', async () => {
  const path = fileOf('more.csv', 2 * LINES, 500);
  const zip = join(folder, 'more.zip');
  writeFileSync(zip, zipOf('more.csv', readFileSync(path)));
  expect(await (await start(zip)).result()).toMatchObject({ stage: 'loaded', result: { newPoints: 499 } });
  const server = createServer((_, response) => createReadStream(path).pipe(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/more.csv`;
  expect(await (await start(url)).result()).toMatchObject({ stage: 'known', result: { newPoints: 499 } });
  server.close();
  expect(readdirSync(texts)).toEqual([]);
});

test('what is stated of the form of its lines is refused, and too many broken lines stop it before they are written', async () => {
  const path = fileOf('form.csv', 3 * LINES, 10);
  await expect((await start(path, { form: { decimal: ',' } })).result()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('"decimal" is ",": leave it out') },
  });
  const broken = join(folder, 'broken.csv');
  writeFileSync(broken, `${HEADER}\n${'?,?\n'.repeat(20)}`);
  const before = await testEnv.rows('select count(*) from ops.payload');
  expect(await (await start(broken, { maxRefused: 5 })).result()).toMatchObject({
    stage: 'stopped',
    stopped: expect.stringMatching(
      /^TOO_MANY_REFUSED: 20 lines were refused, 5 more were allowed.*--preview" shows them/,
    ),
  });
  expect(await testEnv.rows('select count(*) from ops.payload')).toEqual(before);
});

test('a preview says what would be understood and quarantined, by unit, and loads nothing', async () => {
  const path = fileOf('preview.csv', 0, 11);
  const before = await count();
  const shown = await tidemark(settingsOf(testEnv), 'load', DATASET, path, '--preview', '--json');
  expect(shown.code).toBe(1);
  const [preview] = JSON.parse(shown.stdout) as [RecordsPreview];
  expect(preview).toMatchObject({
    ...{ dataset: DATASET, lines: 11, records: 10, names: HEADER },
    findings: { unreadable_time: { severity: 'block', points: 1 } },
  });
  expect(preview.units).toMatchObject({ '2026-11-11': { records: 2, refused: 0 } });
  const text = await tidemark(settingsOf(testEnv), 'load', DATASET, path, '--preview');
  expect(text.stdout).toContain('10 records of 6 units');
  expect(text.stdout).toContain('refused: 1 unreadable_time');
  expect(await count()).toEqual(before);
});

/** An archive of one member. */
function zipOf(name: string, bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(crc32(bytes), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(bytes.length, 18);
  about.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), packed]);
  const central = Buffer.concat([
    ...[Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), about],
    ...[Buffer.alloc(14), Buffer.from(name)],
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
