/**
 * `npm test`: installs the npm packages if they are missing, then runs every test. Arguments after `--` go to vitest: `npm test --
 * test/unit`, `npm test -- -t 'name'`. The servers that tests need are prepared by test/support/servers.ts.
 */
import { bootstrap } from './bootstrap.mjs';
import { run } from './run.mjs';

try {
  await bootstrap();
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project=unit',
    '--project=integration',
    '--project=own process',
  ];
  process.exitCode = await run(process.execPath, [...vitest, ...process.argv.slice(2)]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
