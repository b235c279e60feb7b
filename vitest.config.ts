import { defineConfig } from 'vitest/config';

const onServers = {
  globalSetup: ['test/servers.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // How long something that must become true may take; the default of a second is a wager on the machine.
  expect: { poll: { timeout: 20_000 } },
};
/** Chromium and the fuzzer keep more than one processor busy. */
const HEAVY = ['test/browser/**/*.test.ts', 'test/integration/api/fuzz.test.ts'];

export default defineConfig({
  test: {
    // Most of them wait for servers and for each other's processes: three at a time on two cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'capture',
          include: ['test/replay/capture.ts'],
          globalSetup: ['test/servers.ts'],
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'unit', include: ['test/{unit,contract,replay}/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,e2e}/**/*.test.ts'],
          exclude: HEAVY,
          ...onServers,
        },
      },
      // After the others: what they wait for would come late beside these.
      { test: { name: 'heavy', include: HEAVY, maxWorkers: 2, sequence: { groupOrder: 1 }, ...onServers } },
    ],
  },
});
