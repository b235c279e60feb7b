/** Are files of the library loaded whole and once while the API is away and workers are killed, and agree with the API afterwards? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDay } from '../../../../temporal/days.ts';
import type { WorkerProcess } from '../../../chaos/worker-process.ts';
import { lookForFiles, startLookingWorker } from '../../../support/looking.ts';
import { TOKEN } from '../../../support/simulator/entsoe.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const PRICES = 'entsoe.day-ahead-prices';
const ZONES = ['AT', 'BE', 'DE_LU', 'FR', 'NL', 'PL'];

let testEnv: TestEnvironment;
let worker: WorkerProcess;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-library-'));
  const library = {
    ...{ user: '', password: '', tokenSeconds: 900, requests: 0, banMs: 0, outages: [] },
    areas: ZONES,
  };
  testEnv = await openTestEnvironment({
    // Its clock stands still: within an hour that begins files would be made anew while they are loaded.
    simulator: {
      clockRate: 0,
      revisionShare: 0,
      entsoe: { requests: 0, outages: [{ status: 503 }], library },
    },
  });
  worker = await startLookingWorker(testEnv, folder, {
    ...{ ENTSOE_BASE_URL: testEnv.simulator.url, ENTSOE_TOKEN: TOKEN, ENTSOE_ZONES: ZONES.join() },
    ...{ ENTSOE_LIBRARY_URL: testEnv.simulator.url, ENTSOE_LIBRARY_TOKEN_URL: testEnv.simulator.url },
    ...{ ENTSOE_LIBRARY_USER: 'desk@example.org', ENTSOE_LIBRARY_PASSWORD: 'secret' },
  });
});
afterAll(async () => {
  await worker?.stop();
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

const look = () => lookForFiles(testEnv, PRICES);

test('each day is there whole and once, and the API says the same', async () => {
  await look();
  await testEnv.rows(`update ops.found_file set same_since = same_since - interval '2 minutes'`);
  let isOver = false;
  let kills = 0;
  const killed = (async () => {
    while (!isOver) {
      await delay(2_500);
      if (isOver || kills === 5) continue;
      kills += 1;
      await worker.kill(200);
    }
  })();
  const { loaded, summary } = await look();
  isOver = true;
  await killed;
  expect(kills).toBeGreaterThan(1);
  expect(loaded, summary).toBeGreaterThanOrEqual(2);

  const days = await testEnv.rows<{ day: string; points: number; series: number }>(
    `select delivery_day::text as day, count(*)::int as points, count(distinct series)::int as series
     from entsoe.day_ahead_prices where delivery_day < current_date group by 1 order by 1`,
  );
  expect(days.length).toBeGreaterThan(30);
  const [first, ...whole] = days;
  expect(first?.series).toBe(ZONES.length + 2);
  for (const { day, points, series } of whole) {
    expect(series, day).toBe(ZONES.length + 2);
    expect(
      [92, 96, 100].map((quarters) => quarters * series),
      day,
    ).toContain(points);
  }
  // Of a day on the edge of two files the second is put together with the first.
  const payloads = await testEnv.rows<{ payloads: number; days: number }>(
    `select payloads::int, count(distinct day)::int as days from (
       select day, part, count(*) as payloads from ops.payload where dataset = $1 group by 1, 2) p
     group by 1 order by 1`,
    [PRICES],
  );
  expect(payloads.map((row) => row.payloads)).toEqual([1, 2]);
  expect(payloads[1]?.days).toBeLessThanOrEqual(2);
  expect(await testEnv.rows(`select id from ops.payload where kind is null`)).toEqual([]);
  const twice = `select series, starts_at from entsoe.day_ahead_prices_versions group by 1, 2 having count(*) > 1`;
  expect(await testEnv.rows(twice)).toEqual([]);

  await fetch(`${testEnv.simulator.url}/_simulator/entsoe`, { method: 'POST', body: '{"outages": []}' });
  for (const day of days.slice(-3).map((row) => row.day)) {
    const outcome = await (await runDay(testEnv.temporal, { dataset: PRICES, day, wait: false })).result();
    expect(outcome).toMatchObject({ state: 'complete', newPoints: 0, revisedPoints: 0 });
  }
  expect(await testEnv.rows(twice)).toEqual([]);
  expect(await testEnv.rows(`select id from ops.finding where rule = 'stand_in_differs'`)).toEqual([]);
  expect(worker.endedByItself).toEqual([]);
}, 900_000);
