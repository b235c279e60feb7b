/**
 * `npm run check`: all checks besides the tests. Every check runs, even after one has failed. With `--tests` (as .ci/run does) all
 * tests run too, the quick ones first, and the last line counts everything.
 */
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { ROOT, run, runBeside } from './run.mjs';

const bin = (path) => join('node_modules', path);
const GUARDS = {
  types: [bin('typescript7/bin/tsc'), '-p', '.'],
  'types of the page': [bin('typescript7/bin/tsc'), '-p', 'web'],
  'style and lint': [bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.'],
  'who imports whom': [
    bin('dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['--config', 'scripts/dependency-cruiser.cjs', '.'],
  ],
  'dead code and unused packages': [bin('knip/bin/knip.js'), '--config', 'scripts/knip.json'],
  'generated docs are up to date': ['--import', 'tsx/esm', 'scripts/generate-docs.ts', '--check'],
  'lock file is whole': ['scripts/complete-lock.mjs', '--check'],
  'licences and install scripts': ['scripts/audit.mjs'],
};
/** Downloads leave the processors to the guards. Whatever fails here is tried again, and reported, by the tests. */
const PREPARE = [
  '--import',
  'tsx/esm',
  '-e',
  "await (await import('./scripts/toolchain.ts')).ensureToolchain()",
];
/** The scripts of package.json that run tests, and where vitest reports them. */
const TESTS = { test: 'test-results.json', 'test:long': 'test-results-long.json' };

/** In parallel, one per processor: each keeps one of them busy. */
async function guard() {
  const waiting = Object.entries(GUARDS);
  const failed = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, command] = next;
      const { code, output } = await runBeside(process.execPath, command);
      console.log(`\n▸ ${name}\n${output.trimEnd()}`);
      if (code !== 0) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { passed: Object.keys(GUARDS).length - failed.length, failed };
}

/** Counts tests from vitest's own report; a run that breaks off outside any test is one more failure. */
async function test([script, file]) {
  console.log(`\n▸ npm run ${script}`);
  const results = join(ROOT, '.tidemark', file);
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const exitCode = await run('npm', ['run', script, '--silent', '--', ...reporters]);
  try {
    const { numPassedTests, numFailedTests, numTotalTests, testResults } = JSON.parse(readFileSync(results));
    const failed = testResults
      .filter(({ status, assertionResults }) => status === 'failed' || assertionResults.length === 0)
      .map(({ name }) => name);
    const skipped = numTotalTests - numPassedTests - numFailedTests;
    if (skipped > 0) failed.push(`${skipped} tests of npm run ${script} were skipped`);
    if (exitCode !== 0 && failed.length === 0)
      failed.push(`npm run ${script} ended with exit code ${exitCode}`);
    return { passed: numPassedTests, failed, failures: Math.max(numFailedTests, failed.length) };
  } catch (error) {
    return { passed: 0, failed: [`npm run ${script} left no results (${error.message})`], failures: 1 };
  }
}

await bootstrap();
const withTests = process.argv.includes('--tests');
const preparing = withTests ? runBeside(process.execPath, PREPARE) : undefined;
const { passed, failed } = await guard();
await preparing;
const parts = [{ passed, failed, failures: failed.length }];
if (withTests) for (const part of Object.entries(TESTS)) parts.push(await test(part));
for (const name of parts.flatMap(({ failed }) => failed)) console.log(`failed: ${name}`);
const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failures')} failed`);
process.exitCode = sum('failures') === 0 ? 0 : 1;
