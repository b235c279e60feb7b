/**
 * Does a package with datasets work where it was installed, without a fork: in a process that runs elsewhere, by plain Node, with
 * another copy of the library beside it?
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { ROOT } from '../../../config/installation.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { ALONE } from '../../support/alone.ts';
import type { Ran } from '../../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { commandFile } from '../../support/program.ts';

let elsewhere: string;
let stored: TestDatabase;
beforeAll(async () => {
  stored = await createTestDatabase((await loadCatalog(datasetPlaces())).all);
  elsewhere = mkdtempSync(join(tmpdir(), 'tidemark-elsewhere-'));
  const installed = join(elsewhere, 'node_modules/acme-datasets');
  cpSync(join(ROOT, 'test/fixtures/acme-datasets'), installed, { recursive: true });
  const copy = join(installed, 'node_modules/tidemark');
  mkdirSync(copy, { recursive: true });
  writeFileSync(
    join(copy, 'package.json'),
    '{ "name": "tidemark", "type": "module", "exports": "./index.js" }',
  );
  writeFileSync(join(copy, 'index.js'), 'throw new Error("another copy of the library was loaded");');
});
afterAll(async () => {
  rmSync(elsewhere, { recursive: true });
  await stored.drop();
});

function tidemark(places: string, ...args: string[]): Promise<Ran> {
  return command(join(ROOT, 'cli/tidemark.js'), places, ...args);
}

async function command(file: string, places: string, ...args: string[]): Promise<Ran> {
  const { PATH, HOME } = process.env;
  const settings = { DATABASE_URL: stored.url, TEMPORAL_ADDRESS: '127.0.0.1:9', TIDEMARK_DATASETS: places };
  const env = { PATH, HOME, ...ALONE, ...settings };
  try {
    const done = await promisify(execFile)(process.execPath, [file, ...args], { cwd: elsewhere, env });
    return { ...done, code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { stdout, stderr, code };
  }
}

test.each([
  ['from source', join(ROOT, 'cli/tidemark.js')],
  ['compiled', commandFile()],
])('its dataset is one like any other for the command %s', async (_form, file) => {
  const { stdout, stderr } = await command(file, 'acme-datasets', 'days', 'acme.spot-prices', '--json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([]);
});

test('without the setting it is unknown, and those that are known are named', async () => {
  const { code, stderr } = await tidemark('', 'days', 'acme.spot-prices');
  expect(code).toBe(2);
  expect(stderr).toContain('no dataset "acme.spot-prices"; the datasets are calendar.holidays, ');
});

test('a package that is not installed ends the command with the hint', async () => {
  const { code, stderr } = await tidemark('acme-dataset', 'status');
  expect(code).not.toBe(0);
  expect(stderr).toContain('TIDEMARK_DATASETS names "acme-dataset": no such package is installed');
  expect(stderr).not.toContain('    at ');
});

test('its own tests ask the contract, by a test runner of its choice', async () => {
  const author = mkdtempSync(join(tmpdir(), 'tidemark-author-'));
  cpSync(join(ROOT, 'test/fixtures/acme-datasets'), author, { recursive: true });
  mkdirSync(join(author, 'node_modules'));
  // As "npm install FOLDER" does.
  symlinkSync(ROOT, join(author, 'node_modules/tidemark'));
  const run = async () => {
    const loader = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
    const options = { cwd: author, env: { PATH: process.env.PATH, ...ALONE } };
    const args = ['--import', loader, '--test', '--test-reporter=tap', 'test/contract.test.js'];
    return await promisify(execFile)(process.execPath, args, options).catch(
      (error: { stdout: string }) => error,
    );
  };
  const { stdout: good } = await run();
  expect(good).toMatch(/# fail 0\n/);
  expect(good).toContain('acme.spot-prices: a good answer for 2026-10-25 is a complete day');
  const file = join(author, 'datasets/acme/spot-prices.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("licence: 'private'", "licence: ''"));
  const { stdout: wrong } = await run();
  expect(wrong).toMatch(/# fail 1\n/);
  expect(wrong).toMatch(/not ok \d+ - acme\.spot-prices: licence says something/);
  rmSync(author, { recursive: true });
});
