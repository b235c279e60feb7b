import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { HAS_RECORDINGS } from './test/support/recordings.ts';

/**
 * Tests see nothing but what they started: not what `npm start` runs in the same clone, whose addresses stand in its state
 * folder. Everything has to hold with datasets of a private folder beside the bundled ones. Where tests start processes with
 * an environment of their own, they say the same.
 */
const alone = {
  env: {
    TIDEMARK_STATE_DIR: '/nowhere',
    TIDEMARK_DATASETS: `${import.meta.dirname}/test/fixtures/acme-datasets/datasets`,
    // Processes that tests start run everything, unless a test says otherwise.
    TIDEMARK_ENABLED: '*',
    // Nothing leaves this machine.
    ACME_BASE_URL: 'http://127.0.0.1:9',
    // Temporal's servers are small and live for seconds: they collect no garbage below this size, and run on one processor each,
    // which takes a tenth less processor time.
    GOGC: 'off',
    GOMEMLIMIT: '512MiB',
    GOMAXPROCS: '1',
  },
  setupFiles: ['test/support/same-cases.ts'],
};
/** As the loader of private datasets has it. */
const resolve = { alias: [{ find: /^tidemark$/, replacement: `${import.meta.dirname}/kit/index.ts` }] };
const onServers = {
  ...alone,
  globalSetup: ['test/support/servers.ts'],
  // Patience alone: what takes seconds by itself takes ten times as long beside three other files.
  testTimeout: 240_000,
  // Some load hundreds of days before the first question.
  hookTimeout: 300_000,
  // How long something that must become true may take; the default of a second is a wager on the machine. Looking twenty times a
  // second, as is the default, takes a processor from what is waited for.
  expect: { poll: { timeout: 120_000, interval: 200 } },
};
/**
 * They measure their process, or set up Temporal's runtime in it otherwise than all others.
 */
const OWN_PROCESS = [
  'test/long/chaos/chaos.test.ts',
  'test/long/activities/ingest/hostile.test.ts',
  'test/long/workers/soak.test.ts',
];

/**
 * They take longest: begun last, they would keep all others waiting. First those with a process of their own: a process
 * that is begun anew after them imports every module again.
 */
const SLOWEST = [
  ...OWN_PROCESS,
  ...[
    'long/activities/late/late-attempts',
    'long/e2e/start',
    'long/workers/poison-payload',
    'long/workers/rolling-upgrade',
    'long/workers/hanging-database',
    'long/activities/files/found-kills',
    'long/workers/tls-temporal',
    'long/browser/following',
    'long/browser/views',
    'long/workers/bulkheads',
    'long/workers/secrets',
    'long/read/catalogue',
    'long/workers/several-workers',
    'long/docs/examples',
    'long/api/fuzz',
    'long/notify/told-under-kills',
    'long/workers/versions',
    'long/workers/clocks',
    'long/start/postgres/postgres-server',
    'long/activities/derive/derived-kills',
    'long/start/temporal/temporal-server',
    'long/workers/temporal-outage',
    'long/start/parent-death',
    'e2e/start',
    'long/workflows/thirty-days',
    'contract/datasets',
  ].map((name) => `test/${name}.test.ts`),
];

/** Unit tests last, because files of one project alone can share a process; the longest of each first. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const part = ({ project }: TestSpecification) => Number(project.name === 'unit');
    const rank = ({ moduleId }: TestSpecification) => {
      const place = SLOWEST.findIndex((name) => moduleId.endsWith(name));
      return place === -1 ? SLOWEST.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (a, b) => part(a) - part(b) || rank(a) - rank(b) || a.project.name.localeCompare(b.project.name),
    );
  }
}

/** Files that have nothing to test where the recorded bodies are not at hand. */
const ABSENT = HAS_RECORDINGS ? [] : ['**/*.recorded.test.ts'];

export default defineConfig({
  test: {
    // Most of them wait for servers and for each other's processes: four at a time keep two processors busy.
    maxWorkers: 4,
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        resolve,
        test: {
          name: 'capture',
          include: ['test/replay/capture.ts'],
          ...onServers,
        },
      },
      {
        resolve,
        test: {
          name: 'unit',
          include: ['test/{unit,contract,replay}/**/*.test.ts'],
          exclude: ABSENT,
          // Patience alone, as below.
          testTimeout: 120_000,
          expect: { poll: { timeout: 120_000 } },
          // A process imports every module once, not once a file.
          isolate: false,
          ...alone,
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          include: ['test/{integration,browser,e2e}/**/*.test.ts'],
          exclude: ABSENT,
          isolate: false,
          ...onServers,
        },
      },
      {
        resolve,
        test: { name: 'drills', include: ['test/drills/**/*.test.ts'], isolate: false, ...onServers },
      },
      {
        resolve,
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          exclude: OWN_PROCESS,
          isolate: false,
          ...onServers,
        },
      },
      { resolve, test: { name: 'long, own process', include: OWN_PROCESS, ...onServers } },
    ],
  },
});
