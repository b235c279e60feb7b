/** What happens to polling when the Temporal server itself was away for several ticks? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { SEARCH_ATTRIBUTES } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { startTemporal } from '../../../scripts/start/temporal/temporal-server.ts';
import { reconcileSchedule } from '../../../temporal/schedules.ts';
import { freePort } from '../../chaos/addresses.ts';
import { dueAt } from '../../support/due-at.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ID = `poll:${DATASET}`;
const TICK_MS = 1_000;
const MISSED = 4;

test('one poll makes up for all of them, and finds everything that is due', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-outage-'));
  // It comes back to its port, which nobody may have taken meanwhile.
  const preferredPort = await freePort();
  const start = () =>
    startTemporal({
      binary: inject('temporalBinary'),
      dbFile: join(folder, 'temporal.db'),
      preferredPort,
      preferredUiPort: undefined,
      namespace: 'default',
      searchAttributes: Object.fromEntries(
        Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']),
      ),
      logFile: join(folder, 'temporal.log'),
      report: () => {},
    });
  const before = await start();
  const dataset = await quickDataset();
  const testEnv = await openTestEnvironment({
    simulator: { revisionShare: 0, quotaRequests: 0, now: '2026-09-15T05:00:00Z', clockRate: 0 },
    simulatedClock: true,
    catalog: catalogOf([dataset]),
    temporalAddress: before.address,
  });
  const worker = await testEnv.startWorker();
  await reconcileSchedule(testEnv.temporal, dataset);
  const complete = async () =>
    (await testEnv.rows(`select 1 from ops.delivery_day where state = 'complete'`)).length;
  // The past month, which one backfill catches up on, and today.
  await expect.poll(complete).toBe(32);
  const running = () =>
    testEnv.temporal.client.workflow.count(
      `WorkflowType in ('ingestDay', 'backfill') and ExecutionStatus = 'Running'`,
    );
  await expect.poll(async () => (await running()).count).toBe(0);

  await worker.stop();
  await before.stop();
  const awayAt = Date.now();
  const due = await dueAt(testEnv, dataset, '2026-09-15T12:00:00Z');
  expect(due.slice(0, 2)).toEqual(['2026-09-16', '2026-09-15']);
  // Meanwhile revisions of all recent days have become due, and tomorrow is published.
  testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T12:00:00Z'), rate: 0 });
  await expect.poll(() => Date.now()).toBeGreaterThan(awayAt + MISSED * TICK_MS);
  const backAt = Date.now();
  const after = await start();
  expect(after.address).toBe(before.address);
  await testEnv.startWorker();
  await expect.poll(complete).toBe(33);
  const next = async () => (await pollsOf(testEnv)).filter(({ tickAt }) => tickAt > backAt).length;
  await expect.poll(next).toBeGreaterThan(2);

  const polls = await pollsOf(testEnv);
  // One, or none when a poll from before the outage had still to be done: then that one has found everything.
  const missed = polls.filter(({ tickAt }) => tickAt > awayAt && tickAt < backAt);
  expect(missed.length).toBeLessThan(2);
  const [first] = polls.filter(({ started }) => started.includes('2026-09-16')).toSorted(byTick);
  expect(first?.started).toEqual(due);
  await testEnv.close();
  await after.stop();
  rmSync(folder, { recursive: true });
}, 400_000);

/** Polls that have ended, with the tick that each was started for: Temporal puts it behind the workflow id. */
async function pollsOf({
  temporal: { client },
}: TestEnvironment): Promise<{ tickAt: number; started: readonly string[] }[]> {
  const polls = [];
  const query = `WorkflowType = 'pollDataset' AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { started }: PollOutcome = await client.workflow.getHandle(workflowId, runId).result();
    polls.push({ tickAt: Date.parse(workflowId.slice(ID.length + 1)), started });
  }
  return polls;
}

const byTick = (a: { tickAt: number }, b: { tickAt: number }) => a.tickAt - b.tickAt;

/** Minutes between ticks would prove nothing more. */
async function quickDataset() {
  const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
  return {
    ...dataset,
    pull: { ...dataset.pull, polling: { ...dataset.pull.polling, tickMinutes: TICK_MS / 60_000 } },
  };
}
