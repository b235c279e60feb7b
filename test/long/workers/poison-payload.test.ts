/** A body that ends every worker that decodes it: is its day given up in the end, and is the rest of the work done? */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIMULATOR_HEADER } from '../../../activities/ingest/kept-headers.ts';
import { eachDay } from '../../../domain/time/civil-day.ts';
import { runDay } from '../../../temporal/days.ts';
import { programOf } from '../../support/program.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The last day of the range: the check that compares with the day before reads it again for the day after. */
const POISONED = '2026-04-08';
const POISON = '{"data":["poison"]}';
const HEADERS = { 'content-type': 'application/json', [SIMULATOR_HEADER]: '1' };

let testEnv: TestEnvironment;
let source: Server;
let isPoisonous = true;
let child: ChildProcess | undefined;
let deaths = 0;
let wanted = true;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  source = createServer(async (request, response) => {
    if (isPoisonous && request.url?.includes(`FromUtc=2026-04-07T22`)) {
      response.writeHead(200, HEADERS);
      return response.end(POISON);
    }
    const answer = await fetch(`${testEnv.simulator.url}${request.url}`);
    response.writeHead(answer.status, HEADERS);
    return Readable.fromWeb(answer.body as never).pipe(response);
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  await startWorker();
});
afterAll(async () => {
  await stopWorker();
  source.close();
  await testEnv.close();
});

/** Started again whenever it ends, as a supervisor does. */
async function startWorker(): Promise<void> {
  const sourceUrl = `http://127.0.0.1:${(source.address() as AddressInfo).port}`;
  const settings = [
    testEnv.databaseUrl,
    testEnv.temporalAddress,
    sourceUrl,
    ...(isPoisonous ? [] : ['cured']),
  ];
  const program = [...programOf('test/support/fragile-worker'), ...settings];
  const worker = spawn(process.execPath, program, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child = worker;
  worker.once('exit', () => {
    if (!wanted) return;
    deaths++;
    void startWorker();
  });
  await once(worker, 'message');
}

async function stopWorker(): Promise<void> {
  wanted = false;
  if (child?.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

const ledger = () =>
  testEnv.rows<{ day: string; state: string; error: string | null }>(
    'select day, state, error from ops.delivery_day order by day',
  );

test('the day fails after five workers, with a message; the other days are complete, and work goes on', async () => {
  // One request a day: an answer to several would carry the poison to all of them.
  const days = eachDay('2026-04-01', POISONED);
  const runs = await Promise.all(
    days.map((day) => runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })),
  );
  const ends = await Promise.allSettled(runs.map((run) => run.result()));
  expect(days.filter((_, i) => ends[i]?.status === 'rejected')).toEqual([POISONED]);
  expect(deaths).toBe(5);
  const rows = await ledger();
  expect(rows.filter(({ state }) => state === 'complete')).toHaveLength(7);
  expect(rows.find(({ day }) => day === POISONED)).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/^ATTEMPT_LOST: .*worker was killed.*Attempt \d+ of validateDay did/),
  });

  const next = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-04-12', wait: false });
  expect(await next.result()).toMatchObject({ state: 'complete' });
  expect(deaths).toBe(5);

  // The hint: a decoder that survives such a body. The poison was kept and is folded first.
  await stopWorker();
  [wanted, isPoisonous] = [true, false];
  await startWorker();
  const healed = await runDay(testEnv.temporal, { dataset: DATASET, day: POISONED, wait: false });
  expect(await healed.result()).toMatchObject({ state: 'complete' });
  expect((await ledger()).filter(({ state }) => state === 'complete')).toHaveLength(9);
  expect(deaths).toBe(5);
}, 900_000);
