/**
 * `npm test`: installs the npm packages if they are missing, then runs the tests. `npm run test:long` (`--long`) runs those of test/long,
 * which take longer; files of that folder that are named run either way. Arguments after `--` go to vitest: `npm test -- test/unit`,
 * `npm test -- -t 'name'`. The servers that tests need are prepared by test/support/servers.ts.
 */
import { bootstrap } from './bootstrap.mjs';
import { run } from './run.mjs';

const QUICK = ['unit', 'integration'];
const LONG = ['long', 'long, own process'];
const given = process.argv.slice(2);
const forVitest = given.filter((argument) => argument !== '--long');
const isLong = forVitest.length < given.length;
const namesLong = forVitest.some((argument) => argument.includes('test/long/'));
const projects = [...(isLong ? [] : QUICK), ...(isLong || namesLong ? LONG : [])];

try {
  await bootstrap();
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects.map((name) => `--project=${name}`)];
  process.exitCode = await run(process.execPath, [...vitest, ...forVitest]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
