/**
 * A database that lets nobody in, or whose disk is full: do days wait, is the operator told, and is everything complete after the
 * hint? One that may only be read: test/integration/workers/storage-failures.test.ts.
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { migrate } from '../../../db/migration/migrate.ts';
import type { RunningPostgres } from '../../../scripts/start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../../../scripts/start/postgres/postgres-settings.ts';
import { runDay } from '../../../temporal/days.ts';
import { createTestDatabase } from '../../support/database.ts';
import { registerEnabled } from '../../support/register-datasets.ts';
import { SHORT_RULES } from '../../support/short-patience.ts';
import { type Bench, setUpBench } from '../../support/start/servers.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import { administer, doctor, heldUp, ledgerOf } from '../../support/waiting-days.ts';

describe('a database that lets the worker in no more', () => {
  const role = `worker_${randomUUID().replaceAll('-', '')}`;
  const asAdministrator = (text: string) => administer(inject('adminUrl'), text);
  let testEnv: TestEnvironment;

  beforeAll(async () => {
    await asAdministrator(`create role ${role} login password 'first'`);
    await asAdministrator(`grant tidemark_writer to ${role}`);
    const inner = await createTestDatabase((await loadCatalog(datasetPlaces())).datasets);
    const url = Object.assign(new URL(inner.url), { username: role, password: 'first' }).href;
    const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark test' });
    const drop = async () => {
      await database.end();
      await inner.drop();
      await asAdministrator(`drop role ${role}`);
    };
    const stored = { url, database, drop };
    testEnv = await openTestEnvironment({ stored, simulator: { quotaRequests: 0 }, retryRules: SHORT_RULES });
    await testEnv.startWorker();
  });
  afterAll(() => testEnv.close());

  test.each([
    ['2026-11-02', `password 'second'`, `password 'first'`, /refuses the password of DATABASE_URL/],
    ['2026-11-03', 'nologin', 'login', /refuses the user of DATABASE_URL/],
  ])(
    '%s waits when somebody says "alter role … %s", and is complete after "%s"',
    async (day, change, hint, message) => {
      await asAdministrator(`alter role ${role} ${change}`);
      await asAdministrator(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${role}'`,
      );
      const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
      // More often than a defect of ours would be tried.
      await expect
        .poll(() => heldUp(testEnv, run.workflowId, 7), { timeout: 200_000, interval: 500 })
        .toMatchObject({ reason: expect.stringMatching(message) });
      const doctors = await doctor(testEnv);
      expect(doctors).toMatch(/FAIL database: the database refuses/);
      expect(doctors).toMatch(new RegExp(`FAIL waiting: day:\\S+:${day} .*${message.source}`));
      await asAdministrator(`alter role ${role} ${hint}`);
      expect(await run.result()).toMatchObject({ state: 'complete' });
      expect(await ledgerOf(testEnv, day)).toEqual([
        { state: 'complete', present_points: 3600, error: null },
      ]);
    },
    400_000,
  );
});

describe('a disk without room', () => {
  let bench: Bench;
  let server: RunningPostgres;
  let testEnv: TestEnvironment;

  beforeAll(async () => {
    bench = await setUpBench();
    server = await bench.postgres();
    await ensureDatabase(server.adminUrl, 'tidemark');
    const url = withDatabase(server.adminUrl, 'tidemark');
    await migrate(url);
    const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark test' });
    await registerEnabled(database, (await loadCatalog(datasetPlaces())).datasets);
    const stored = { url, database, drop: () => database.end() };
    testEnv = await openTestEnvironment({ stored, simulator: { quotaRequests: 0 }, retryRules: SHORT_RULES });
    await testEnv.startWorker();
  }, 120_000);
  afterAll(async () => {
    await testEnv.close();
    await bench.clear();
  });

  /**
   * PostgreSQL whose files may not grow beyond some 20 MB (RLIMIT_FSIZE): the system cuts its writes short as a full disk
   * does, on any machine and without being root. The limit lies inside a page of 8 KB, so that a write is cut and not
   * refused. Files of the log of transactions have 16 MB and stay possible.
   */
  function smallDisk(): Bench['installation'] {
    const binDir = join(bench.dir, 'small');
    mkdirSync(binDir);
    const postgres = join(binDir, 'postgres');
    const real = join(bench.installation.binDir, 'postgres');
    writeFileSync(postgres, `#!/bin/sh\nulimit -f $((20 * 2048 + 5)) || exit 1\nexec '${real}' "$@"\n`);
    chmodSync(postgres, 0o755);
    return { ...bench.installation, binDir };
  }

  /** Fills the file that holds payloads with ever smaller ones, until the system refuses; returns with which SQLSTATE. */
  async function fillUp(): Promise<string | undefined> {
    let refusal: string | undefined;
    for (const size of [4_000_000, 400_000, 40_000, 2_500]) {
      refusal = undefined;
      for (let n = 0; refusal === undefined && n < 1_000; n += 1) {
        await administer(
          testEnv.databaseUrl,
          `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
           select '${DATASET}', '2022-06-09', clock_timestamp(), clock_timestamp(), '', '', 200, '{}', $1::int, 'identity',
             decode(repeat('00', $1::int), 'hex')`,
          [size],
        ).catch((error: { code?: string }) => {
          refusal = error.code;
        });
      }
    }
    return refusal;
  }

  test('days wait, the operator is told why, and they are complete when there is room', async () => {
    await server.stop();
    // What the insertions that were refused left behind stays: cleared away, it would be room.
    const settings = { ...bench.postgresOptions.settings, autovacuum: 'off' };
    server = await bench.postgres({ installation: smallDisk(), settings });
    expect(await fillUp()).toBe('53100');
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-11-02', wait: false });
    await expect
      .poll(() => heldUp(testEnv, run.workflowId), { timeout: 150_000 })
      .toMatchObject({
        activity: 'fetchDay',
        reason: expect.stringMatching(/has no room.*could not extend file/),
      });
    expect(await doctor(testEnv)).toMatch(/FAIL waiting: day:\S+:2026-11-02 .*could not extend file/);
    expect(await ledgerOf(testEnv, '2026-11-02')).toEqual([]);

    await server.stop();
    await bench.postgres();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(await ledgerOf(testEnv, '2026-11-02')).toEqual([
      { state: 'complete', present_points: 3600, error: null },
    ]);
  }, 400_000);
});
