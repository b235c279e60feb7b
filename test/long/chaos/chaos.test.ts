/**
 * Does the system come to the same as without disturbances, row for row, when everything is killed and cut under it? The
 * short form of `npm run chaos`.
 */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../chaos/content.ts';
import { planRun } from '../../chaos/plan.ts';
import { runChaos } from '../../chaos/run.ts';
import { yesterday } from '../../chaos/yesterday.ts';
import { programOf } from '../../support/program.ts';

beforeAll(() => {
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
});

/** Workers that are missed after five seconds instead of fifteen: waiting for them would prove nothing more. */
const program = programOf('test/support/impatient-worker');
const options = { seed: 7, kills: 10, days: 6, to: yesterday(), pauses: false };

test('under ten kills and cuts every day ends as in peace', async () => {
  const found = await runChaos(planRun(options), () => {}, { program });
  expect(Object.values(found.disturbances).reduce((sum, count) => sum + count)).toBe(10);
  expect(found.differences).toEqual([]);
  expect(found.compared.observations).toBeGreaterThanOrEqual(6 * 23 * 132);
  expect(found.compared.versions).toBeGreaterThan(found.compared.observations ?? 0);
  expect(found.brokenLaws).toEqual([]);
  expect(found.rebuiltOtherwise).toEqual([]);
  expect(found.missedChanges).toEqual([]);
  expect(found.answers.changed).toEqual([]);
  expect(found.answers.refused).toEqual([]);
  expect(found.answers.requests.latest).toBeGreaterThan(0);
  expect(found.writes.total).toBeGreaterThan(0);
  expect(found.writes.unlocked).toBe(0);
  expect(found.givenUp).toEqual([]);
  expect(found.requests).toMatchObject({ throttled: 0 });
  expect(found.requests.greatestRequestedInWindow).toBeLessThanOrEqual(100);
}, 600_000);

describe('the plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planRun(options)).toEqual(planRun(options));
    expect(planRun({ ...options, seed: 8 })).not.toEqual(planRun(options));
  });
});

describe('the comparison', () => {
  test('notices a row that is missing, one too many and one that is there twice', () => {
    const content = (...observations: string[]) => ({ observations });
    expect(differences(content('a', 'b'), content('a', 'b'))).toEqual([]);
    expect(differences(content('a', 'b', 'b'), content('a', 'b', 'c'))).toEqual([
      'observations: too many: b',
      'observations: missing: c',
    ]);
  });
});
