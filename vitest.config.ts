import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests see nothing but what they started: not what `npm start` runs in the same clone, whose addresses stand in its state
 * folder. Everything has to hold with datasets of a private folder beside the bundled ones. Where tests start processes with
 * an environment of their own, they say the same.
 */
const alone = {
  env: {
    TIDEMARK_STATE_DIR: '/nowhere',
    TIDEMARK_DATASETS: `${import.meta.dirname}/test/fixtures/acme-datasets/datasets`,
  },
};
/** As the loader of private datasets has it. */
const resolve = { alias: [{ find: /^tidemark$/, replacement: `${import.meta.dirname}/index.ts` }] };
const onServers = {
  ...alone,
  globalSetup: ['test/support/servers.ts'],
  testTimeout: 60_000,
  // Some load hundreds of days before the first question.
  hookTimeout: 300_000,
  // How long something that must become true may take; the default of a second is a wager on the machine.
  expect: { poll: { timeout: 20_000 } },
};
/** They take a minute or two: begun last, they would keep all others waiting. */
const LONG = [
  'e2e/start',
  'integration/workers/secrets',
  'integration/chaos/chaos',
  'integration/activities/ingest/hostile/hostile',
  'integration/cli/decisions',
  'integration/workers/several-workers',
  'integration/workflows/thirty-days',
  'integration/workers/soak',
  'integration/activities/fold/fold',
  'integration/workers/poison-payload',
  'integration/workers/rolling-upgrade',
  'integration/activities/files/load',
  'integration/workers/hanging-database',
].map((name) => `test/${name}.test.ts`);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(name));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Chromium and the fuzzer keep more than one processor busy. */
const HEAVY = ['test/browser/**/*.test.ts', 'test/integration/api/fuzz.test.ts'];

export default defineConfig({
  test: {
    // Most of them wait for servers and for each other's processes; two at a time on two cores end in two thirds of the time, and three at
    // a time make those late that watch the clock.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        resolve,
        test: {
          name: 'capture',
          include: ['test/replay/capture.ts'],
          ...alone,
          globalSetup: ['test/support/servers.ts'],
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: 'unit',
          include: ['test/{unit,contract,replay}/**/*.test.ts'],
          testTimeout: 30_000,
          ...alone,
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          include: ['test/{integration,e2e}/**/*.test.ts'],
          exclude: HEAVY,
          ...onServers,
        },
      },
      // After the others: what they wait for would come late beside these.
      { resolve, test: { name: 'heavy', include: HEAVY, sequence: { groupOrder: 1 }, ...onServers } },
    ],
  },
});
