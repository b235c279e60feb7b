import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
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
          globalSetup: ['test/servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
