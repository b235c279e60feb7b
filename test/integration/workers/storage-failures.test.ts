/**
 * A database that may only be read, as after a failover: do days wait, is the operator told, and is everything complete after the
 * hint? Others that cannot be written to: test/long/workers/storage-failures.test.ts.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runDay } from '../../../temporal/days.ts';
import { SHORT_RULES } from '../../support/short-patience.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import { administer, doctor, heldUp, ledgerOf } from '../../support/waiting-days.ts';

describe('a database that may only be read, as after a failover', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 }, retryRules: SHORT_RULES });
    await testEnv.startWorker();
  });
  afterAll(() => testEnv.close());

  /** Sessions keep what they began with, so those of the workers are ended. */
  async function setReadOnly(how: 'on' | 'off'): Promise<void> {
    const name = new URL(testEnv.databaseUrl).pathname.slice(1);
    await administer(inject('adminUrl'), `alter database ${name} set default_transaction_read_only = ${how}`);
    await administer(
      inject('adminUrl'),
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1',
      [name],
    );
  }

  test('days wait, the operator is told why, and they are complete when it may be written again', async () => {
    await setReadOnly('on');
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-11-02', wait: false });
    await expect
      .poll(() => heldUp(testEnv, run.workflowId), { timeout: 150_000 })
      .toMatchObject({
        activity: 'fetchDay',
        reason: expect.stringMatching(/may only be read.*read-only transaction/),
      });
    const output = await doctor(testEnv);
    expect(output).toContain(
      'FAIL database: it may only be read; days wait until it can be written to again',
    );
    expect(output).toMatch(
      /FAIL waiting: day:\S+:2026-11-02 \(fetchDay failed \d+ times\): .*may only be read/,
    );
    expect(await ledgerOf(testEnv, '2026-11-02')).toEqual([]);

    await setReadOnly('off');
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(await ledgerOf(testEnv, '2026-11-02')).toEqual([
      { state: 'complete', present_points: 3600, error: null },
    ]);
    expect(await doctor(testEnv)).toContain('ok   waiting: no run is held up');
  }, 300_000);

  test('what the database cost in attempts is not taken from the source', async () => {
    await setReadOnly('on');
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-11-03', wait: false });
    await expect.poll(() => heldUp(testEnv, run.workflowId), { timeout: 150_000 }).toBeDefined();
    testEnv.simulator.requests.clear();
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: '2026-11-03', times: 1 });
    await setReadOnly('off');
    expect(await run.result()).toMatchObject({ state: 'complete' });
    const [refused, answered] = testEnv.simulator.requests.latest().map(({ time }) => Date.parse(time));
    // The first failure of the source: asked again after a second, not after half a minute.
    expect((answered ?? Number.NaN) - (refused ?? Number.NaN)).toBeLessThan(25_000);
  }, 300_000);
});
