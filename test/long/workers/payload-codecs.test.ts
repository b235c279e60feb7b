/** With payload codecs of one's own (TIDEMARK_PAYLOAD_CODECS): does a backfill work, and can nobody without them read what it was about? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';
import { backfillWorkflowId } from '../../../domain/workflow/ids.ts';
import { WorkerProcess } from '../../chaos/worker-process.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const codecs = { TIDEMARK_PAYLOAD_CODECS: join(ROOT, 'test/fixtures/payload-codecs.mjs') };
const range = ['--from', '2026-09-01', '--to', '2026-09-03'];

const folder = mkdtempSync(join(tmpdir(), 'tidemark-codecs-'));
let testEnv: TestEnvironment;
let worker: WorkerProcess;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  const { databaseUrl, temporalAddress, simulator } = testEnv;
  const places = { databaseUrl, temporalAddress, sourceUrl: simulator.url, settings: codecs };
  worker = await WorkerProcess.start({ ...places, logFile: join(folder, 'worker.log') });
});
afterAll(async () => {
  await worker?.stop();
  await testEnv?.close();
  rmSync(folder, { recursive: true });
});

test('a backfill is done, and its history has nothing that is legible', async () => {
  const ran = await tidemark({ ...settingsOf(testEnv), ...codecs }, 'backfill', DATASET, ...range, '--wait');
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('3 of 3 days complete') });
  const id = backfillWorkflowId(DATASET, '2026-09-01', '2026-09-03');
  const { events } = await testEnv.temporal.client.workflow.getHandle(id).fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  expect(Buffer.from(input?.metadata?.encoding ?? []).toString()).toBe('binary/turned');
  expect(Buffer.from(input?.data ?? []).toString()).not.toContain(DATASET);
  const query = testEnv.temporal.client.workflow.getHandle(id).query('progress');
  await expect(query).rejects.toThrow(/binary\/turned|[Uu]nknown encoding/);
});

test('a module without codecs is refused by its name', async () => {
  const wrong = { TIDEMARK_PAYLOAD_CODECS: join(ROOT, 'index.ts') };
  const { code, stderr } = await tidemark(
    { ...settingsOf(testEnv), ...wrong },
    'backfill',
    DATASET,
    ...range,
  );
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/TIDEMARK_PAYLOAD_CODECS names ".*index.ts", which gives no codecs/);
});
