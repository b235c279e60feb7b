/** Does anybody wait behind the quota of a source, or behind a source that never answers, who wants nothing of it? */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SIMULATOR_HEADER } from '../../../activities/ingest/kept-headers.ts';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { addDays } from '../../../domain/time/civil-day.ts';
import { addReceiver, tryReceiver } from '../../../notify/receivers.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../support/api/keys.ts';
import { type Receiver, startReceiver } from '../../support/notify/receiver.ts';
import { sampleBody, sampleDataset } from '../../support/sample-dataset.ts';
import { event } from '../../support/sample-events.ts';
import { DATASET } from '../../support/test-environment.ts';

/** On a machine that is busy otherwise, what everything takes alone is what counts: at most three times that. */
const SOON_MS = 2_000;
const QUOTA = { requests: 10, windowMs: 60_000, reservedForLive: 0 };
const SPACING_MS = QUOTA.windowMs / QUOTA.requests;
const SLOW = ['sample.table', 'sample.second', 'sample.third'];

/** A source that answers every day in full, or accepts connections and never answers. */
async function startSource(answers: boolean) {
  const requested: { day: string; atMs: number }[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://source').searchParams;
    const [fromMs, toMs] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
    const noon = new Date((fromMs ?? 0) + 43_200_000).toISOString();
    requested.push({ day: noon.slice(0, 10), atMs: Date.now() });
    if (!answers) return;
    const hours = Array.from({ length: ((toMs ?? 0) - (fromMs ?? 0)) / 3_600_000 }, (_, n) =>
      new Date((fromMs ?? 0) + n * 3_600_000).toISOString(),
    );
    response.writeHead(200, { 'content-type': 'application/json', [SIMULATOR_HEADER]: 'test' });
    response.end(sampleBody(hours.flatMap((at) => [['a', at, 1] as const, ['b', at, 2] as const])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requested,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Three tables of one source, and two datasets that have nothing to do with it. */
async function slowCatalog() {
  const { get, find } = await loadCatalog(datasetPlaces());
  const { source } = sampleDataset();
  const slow = SLOW.map((id) =>
    sampleDataset({
      id,
      source: { ...source, quota: QUOTA },
      request: ({ startMs, endMs }) => ({
        path: '/table',
        query: { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() },
        accept: 'application/json',
        maxBytes: 1_000_000,
        timeoutMs: 30_000,
      }),
    }),
  );
  return catalogOf([...slow, get(DATASET), find('checkout.events')]);
}

describe.each([
  [600, 'a source with a quota of ten a minute', true],
  [300, 'a source that accepts connections and never answers', false],
])('beside %d due days of %s', (days, _, answers) => {
  let testEnv: ApiEnvironment;
  let source: Awaited<ReturnType<typeof startSource>>;
  let receiver: Receiver;
  let sender: TestKey;

  beforeAll(async () => {
    source = await startSource(answers);
    receiver = await startReceiver();
    testEnv = await openApiEnvironment({
      ...{ catalog: await slowCatalog(), receivers: { allowPrivate: true } },
      simulator: { quotaRequests: 0, revisionShare: 0 },
    });
    testEnv.redirectSource(source.url, 'sample');
    sender = await makeKey(testEnv, { role: 'operator' });
    await testEnv.startWorker();
  });
  afterAll(async () => {
    await Promise.all(SLOW.map((dataset) => terminate(dataset)));
    await testEnv.close();
    await receiver.close();
    await source.close();
  });

  /** All days of the slow source in progress at once: none may wait for another to begin. */
  async function beginBackfills(): Promise<void> {
    const from = '2022-03-01';
    const each = days / SLOW.length;
    const range = { from, to: addDays(from, each - 1), concurrency: each };
    await Promise.all(SLOW.map((dataset) => startBackfill(testEnv.temporal, { dataset, ...range })));
    const begun = async () =>
      (await testEnv.rows(`select from ops.run where dataset like 'sample.%'`)).length;
    // Patience alone: that they begin is not what is measured.
    await expect.poll(begun, { timeout: 400_000, interval: 500 }).toBe(days);
  }

  async function terminate(dataset: string): Promise<void> {
    const list = testEnv.temporal.client.workflow.list({
      query: `Dataset = '${dataset}' and ExecutionStatus = 'Running'`,
    });
    for await (const { workflowId } of list)
      await testEnv.temporal.client.workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => {});
  }

  async function msOf(work: () => Promise<unknown>): Promise<number> {
    const beganMs = performance.now();
    await work();
    return performance.now() - beganMs;
  }

  async function dayOfAnother(day: string): Promise<void> {
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
    expect(await run.result()).toMatchObject({ state: 'complete' });
  }

  async function sendEvent(id: string): Promise<void> {
    const answer = await testEnv.api.inject({
      ...{ method: 'POST', url: '/v1/events/checkout.events' },
      ...{ payload: event({ id }), headers: sender.headers },
    });
    expect(answer.statusCode).toBe(202);
    const seen = () => testEnv.rows('select from checkout.events where key = $1', [id]);
    await expect.poll(async () => (await seen()).length, { interval: 20 }).toBe(1);
  }

  let soonMs = SOON_MS;

  test('alone, everything works', async () => {
    await dayOfAnother('2026-09-01');
    await sendEvent('first');
    const aloneMs = await msOf(() => dayOfAnother('2026-09-03'));
    soonMs = Math.max(SOON_MS, 3 * aloneMs);
    await beginBackfills();
  }, 500_000);

  test('an accepted event is in SQL at once', async () => {
    expect(await msOf(() => sendEvent('second'))).toBeLessThan(soonMs);
  });

  test('a day of another source is complete at once', async () => {
    expect(await msOf(() => dayOfAnother('2026-09-02'))).toBeLessThan(soonMs);
  });

  test('a notification is delivered at once', async () => {
    const desk = {
      name: 'desk',
      channel: 'webhook',
      address: receiver.url,
      datasets: null,
      createdBy: 'anna',
    } as const;
    const added = await addReceiver(testEnv.database, { allowPrivate: true }, desk);
    if ('faults' in added) throw new Error(added.faults[0]?.hint);
    await tryReceiver(testEnv.database, added.receiver, 'anna');
    const options = { args: [], taskQueue: 'tidemark', workflowId: 'notify by hand' };
    expect(
      await msOf(async () => {
        await testEnv.temporal.client.workflow.start('notify', options);
        await expect.poll(() => receiver.taken().length, { interval: 20 }).toBe(1);
      }),
    ).toBeLessThan(soonMs);
  });

  test("a person's day starts with the next free slot, and what was fetched is written at once", async () => {
    const day = '2024-02-29';
    const run = await runDay(testEnv.temporal, { dataset: 'sample.table', day, wait: false });
    const askedMs = Date.now();
    const started = () => source.requested.find((each) => each.day === day);
    await expect.poll(started, { interval: 20 }).toBeDefined();
    expect((started()?.atMs ?? 0) - askedMs).toBeLessThan(SPACING_MS + soonMs);
    if (!answers) return;
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(Date.now() - (started()?.atMs ?? 0)).toBeLessThan(soonMs);
  });

  test('the source has not been asked more often than it allows', () => {
    const at = source.requested.map(({ atMs }) => atMs);
    for (let n = QUOTA.requests; n < at.length; n++)
      expect((at[n] ?? 0) - (at[n - QUOTA.requests] ?? 0)).toBeGreaterThanOrEqual(QUOTA.windowMs);
  });
});
