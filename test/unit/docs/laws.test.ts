/** Does `npm test` watch every law? Each names a test that is there and that does not wait for `npm run test:long`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';

const PAGE = readFileSync(join(ROOT, 'docs/invariants.md'), 'utf8');

/** The tests that each law names in its last column, by its number. */
function lawsOf(page: string): [law: string, tests: string[]][] {
  const rows = [...page.matchAll(/^\| (\d+) \|.*\|(.*)\|$/gm)];
  return rows.map(([, law = '', tests = '']) => [law, tests.match(/\btest\/[\w./-]+\.test\.ts/g) ?? []]);
}

const runsQuickly = (path: string) =>
  !/^test\/(long|drills)\//.test(path) && !path.endsWith('.recorded.test.ts');
const unwatched = (page: string) =>
  lawsOf(page).flatMap(([law, tests]) => (tests.some(runsQuickly) ? [] : [law]));

test('every law has a test in the quick part', () => {
  expect(lawsOf(PAGE).length).toBeGreaterThan(15);
  expect(unwatched(PAGE)).toEqual([]);
});

test('every test that a law names is there', () => {
  const named = lawsOf(PAGE).flatMap(([, tests]) => tests);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('a law whose tests are all long, and one without any, would be named', () => {
  const row = (law: number, tests: string) => `| ${law} | **A law.** | \`db/a.ts\` | ${tests} |\n`;
  const page =
    row(1, '`test/unit/a.test.ts`') + row(2, '`test/long/a.test.ts`, the kill run') + row(3, 'thought');
  expect(unwatched(page)).toEqual(['2', '3']);
});
