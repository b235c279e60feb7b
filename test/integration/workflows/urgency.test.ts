/** Does a run that becomes more urgent while its request is on the way end as it would have, whatever comes of that request? */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIMULATOR_HEADER } from '../../../activities/ingest/kept-headers.ts';
import { catalogOf } from '../../../datasets/catalog.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { sampleBody, sampleDataset } from '../../support/sample-dataset.ts';
import { openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const dataset = sampleDataset();
let testEnv: TestEnvironment;
/** The first answer to each day waits here. */
const held: ServerResponse[] = [];
const seen = new Set<string>();
const server = createServer((request, response) => {
  const first = !seen.has(request.url ?? '');
  seen.add(request.url ?? '');
  if (first) held.push(response);
  else answerWell(response, new URL(request.url ?? '', 'http://source').searchParams.get('from') ?? '');
});

function answerWell(response: ServerResponse, from: string): void {
  response.writeHead(200, { 'content-type': 'application/json', [SIMULATOR_HEADER]: 'test' });
  response.end(sampleBody([['a', from, 1]]));
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  testEnv = await openTestEnvironment({ catalog: catalogOf([dataset]) });
  testEnv.redirectSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'sample');
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv.close();
  server.closeAllConnections();
  server.close();
});

/** Whether Temporal has been asked to cancel the step that requests a day. */
async function isCut(day: string): Promise<boolean> {
  const { events } = await testEnv.temporal.client.workflow
    .getHandle(dayWorkflowId(dataset.id, day))
    .fetchHistory();
  return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
}

test.each([
  ['2026-03-02', 'fails', (response: ServerResponse) => response.writeHead(503).end()],
  ['2026-03-03', 'breaks off', (response: ServerResponse) => response.destroy()],
  ['2026-03-04', 'is answered', (response: ServerResponse) => answerWell(response, '2026-03-03T23:00:00Z')],
])('of %s, whose request %s', async (day, _, answer) => {
  await startBackfill(testEnv.temporal, { dataset: dataset.id, from: day, to: day });
  await expect.poll(() => held.length).toBe(1);
  const run = await runDay(testEnv.temporal, { dataset: dataset.id, day, wait: false });
  await expect.poll(() => isCut(day)).toBe(true);
  for (const response of held.splice(0)) answer(response);
  expect(await run.result()).toMatchObject({ state: 'partial', presentPoints: 1 });
  const runs = await testEnv.rows('select outcome, error from ops.run where day = $1', [day]);
  expect(runs).toEqual([{ outcome: 'partial', error: null }]);
});

test('a run that is cancelled while its request is on the way is cancelled, also when that fails', async () => {
  const day = '2026-03-05';
  const run = await runDay(testEnv.temporal, { dataset: dataset.id, day, wait: false });
  await expect.poll(() => held.length).toBe(1);
  const handle = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(dataset.id, day));
  await handle.cancel();
  await expect.poll(() => isCut(day)).toBe(true);
  for (const response of held.splice(0)) response.writeHead(503).end();
  await expect(run.result()).rejects.toThrow();
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  const runs = await testEnv.rows('select outcome, error from ops.run where day = $1', [day]);
  expect(runs).toEqual([{ outcome: null, error: 'CANCELLED: cancelled' }]);
});
