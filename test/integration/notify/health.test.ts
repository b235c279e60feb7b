/** Do workers and the API say what they lack, and are they not ready without what they need? Each part is taken away. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../api/app.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { notePoll } from '../../../db/queries/notify/incidents.ts';
import { type ReadinessChecks, readinessOf } from '../../../notify/readiness.ts';
import { connectTemporal } from '../../../temporal/connection.ts';
import { isPollingPaused } from '../../../temporal/outside.ts';
import { setPaused } from '../../../temporal/pausing.ts';
import { reconcileSchedules } from '../../../temporal/schedules.ts';
import { serveHealth } from '../../../workers/health-server.ts';
import {
  type ApiEnvironment,
  openApiEnvironment,
  openTestApiDatabase,
} from '../../support/api/api-environment.ts';
import { DATASET } from '../../support/test-environment.ts';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:9';
let testEnv: ApiEnvironment;
let checks: ReadinessChecks;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { quotaRequests: 0 } });
  checks = {
    database: testEnv.database,
    needs: ['database', 'temporal', 'polling'],
    intervals: new Map([[DATASET, 300]]),
    askTemporal: () => testEnv.temporal.client.workflowService.getSystemInfo({}),
    outside: {
      isPaused: (dataset) => isPollingPaused(testEnv.temporal, dataset),
    },
  };
});
afterAll(() => testEnv.close());

const part = ({ parts }: { parts: readonly { name: string }[] }, name: string) =>
  parts.find((each) => each.name === name);

describe('a worker', () => {
  /** As a probe asks it. */
  async function probe(changed: Partial<ReadinessChecks> = {}, path = '/readyz') {
    const server = await serveHealth({ host: '127.0.0.1', port: 0 }, () =>
      readinessOf({ ...checks, ...changed }),
    );
    const answer = await fetch(`${server.url}${path}`);
    const json = (await answer.json()) as { status: string; parts: { name: string }[] };
    await server.close();
    return { status: answer.status, json };
  }

  test('lives and is ready', async () => {
    expect(await probe({}, '/healthz')).toEqual({ status: 200, json: { status: 'ok' } });
    expect((await probe({}, '/else')).status).toBe(404);
    const { status, json } = await probe();
    expect([status, json.status]).toEqual([200, 'ok']);
    expect(json.parts.map(({ name }: { name: string }) => name)).toEqual([
      'database',
      'temporal',
      'polling',
      'sources',
    ]);
  });

  test('is not ready without a database', async () => {
    const database = openDatabase({ url: `postgres://x:y@${NOWHERE}/z`, application: 'test' });
    const { status, json } = await probe({ database });
    expect(status).toBe(503);
    expect(part(json, 'database')).toMatchObject({
      fine: false,
      needed: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(part(json, 'temporal')).toMatchObject({ fine: true });
    expect(JSON.stringify(json)).not.toContain('x:y');
    await database.end();
  });

  test('is not ready without Temporal', async () => {
    const askTemporal = () =>
      connectTemporal({ address: NOWHERE, namespace: 'default', connectionOptions: {} });
    const { status, json } = await probe({ askTemporal });
    expect(status).toBe(503);
    expect(part(json, 'temporal')).toMatchObject({ fine: false, needed: true });
  });

  test('is not ready where polling stands still, unless a person has paused it', async () => {
    await notePoll(testEnv.database, DATASET);
    expect((await probe()).status).toBe(200);
    await testEnv.rows(`update ops.poll set polled_at = now() - interval '1 hour'`);
    const { status, json } = await probe();
    expect(status).toBe(503);
    expect(part(json, 'polling')).toMatchObject({
      fine: false,
      message: expect.stringContaining('not polled since'),
    });
    await reconcileSchedules(testEnv.temporal, [testEnv.catalog.get(DATASET)]);
    const request = { dataset: DATASET, by: 'anna', reason: 'moving', at: new Date() };
    await setPaused(testEnv.temporal, { ...request, verb: 'paused' });
    expect((await probe()).status).toBe(200);
  });

  test('tells of a source that has banned us, and is ready all the same', async () => {
    await testEnv.rows(`update ops.quota set blocked_until = now() + interval '1 minute'`);
    const { status, json } = await probe();
    expect(status).toBe(200);
    expect(part(json, 'sources')).toMatchObject({
      fine: false,
      needed: false,
      message: expect.stringContaining('no requests to acme.example until'),
    });
    await testEnv.rows('update ops.quota set blocked_until = null');
  });
});

describe('the API', () => {
  test('is ready, and says how its parts do', async () => {
    const { status, json } = await testEnv.get('/readyz');
    expect([status, json.status]).toEqual([200, 'ok']);
    expect(part(json, 'database')).toMatchObject({ fine: true, needed: true });
  });

  test('answers without Temporal, and says so', async () => {
    const api = await buildApi({
      ...testEnv.deps,
      temporal: () => Promise.reject(new Error('Temporal is away')),
    });
    const answer = await api.inject({ method: 'GET', url: '/readyz' });
    expect(answer.statusCode).toBe(200);
    expect(part(answer.json(), 'temporal')).toEqual({
      name: 'temporal',
      fine: false,
      needed: false,
      message: 'Temporal is away',
    });
    await api.close();
  });

  test('is not ready without a database', async () => {
    const database = openTestApiDatabase(`postgres://x:y@${NOWHERE}/z`);
    const api = await buildApi({ ...testEnv.deps, database });
    const answer = await api.inject({ method: 'GET', url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(part(answer.json(), 'database')).toMatchObject({ fine: false, needed: true });
    await api.close();
    await database.end();
  });
});
