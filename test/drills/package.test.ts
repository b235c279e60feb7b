/** Drill: the packed package in an empty folder, without the repository: does it start everything, also with datasets of one's own? */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../config/installation.ts';
import { freePort } from '../chaos/addresses.ts';
import { ALONE } from '../support/alone.ts';
import { settingsOf } from '../support/command.ts';
import { untilReady } from '../support/program.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../support/test-environment.ts';

const run = promisify(execFile);
const INSTALL_LIMIT_MS = 600_000;

let folder: string;
let testEnv: TestEnvironment;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'package'], { cwd: ROOT });
  folder = await mkdtemp(join(tmpdir(), 'tidemark-package-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--no-audit', '--no-fund', stdout.trim()], { cwd: folder });
  await mkdir(join(folder, 'mine'));
  await cp(join(ROOT, 'test/fixtures/acme-datasets/datasets'), join(folder, 'mine'), { recursive: true });
  testEnv = await openTestEnvironment({});
  const { PATH = '', HOME = '' } = process.env;
  env = { PATH, HOME, ...ALONE, ...settingsOf(testEnv), TIDEMARK_DATASETS: './mine' };
}, INSTALL_LIMIT_MS);
afterAll(async () => {
  await testEnv?.close();
  await rm(folder, { recursive: true, force: true });
});

const program = (name: string) => join(folder, 'node_modules/.bin', name);

async function started(name: string, settings: NodeJS.ProcessEnv = {}) {
  const child = spawn(program(name), {
    cwd: folder,
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const first = await untilReady(child, () => printed);
  const end = async () => {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  };
  return { message: first, end };
}

test('migrates, works, answers and is asked', { timeout: INSTALL_LIMIT_MS }, async () => {
  const { stdout } = await run(program('tidemark-migrate'), { cwd: folder, env });
  expect(stdout).toContain('acme.spot-prices');
  const worker = await started('tidemark-worker');
  const api = await started('tidemark-api', {
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    API_ACCESS: 'open',
  });
  try {
    const days = ['--from', '2026-11-18', '--to', '2026-11-19', '--wait'];
    const loaded = await run(program('tidemark'), ['backfill', DATASET, ...days], { cwd: folder, env });
    expect(loaded.stdout).toContain('2 of 2 days complete');
    const { url } = api.message as { url: string };
    const answer = await fetch(`${url}/v1/data?dataset=${DATASET}&from=2026-11-18&to=2026-11-18&limit=1`);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(1);
    expect(await (await fetch(url)).text()).toContain('<title>');
  } finally {
    await Promise.all([worker.end(), api.end()]);
  }
});

test('has no sources, no tests, and a list of its parts', async () => {
  const { stdout } = await run('tar', ['-tzf', join(ROOT, 'dist', `tidemark-${await version()}.tgz`)]);
  const files = stdout.trim().split('\n');
  expect(files.filter((name) => /(?<!\.d)\.ts$|\/test\//.test(name))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(['package/LICENSE', 'package/SECURITY.md', 'package/kit/index.d.ts']),
  );
});

async function version(): Promise<string> {
  const { stdout } = await run(program('tidemark'), ['--version'], { cwd: folder, env });
  return stdout.trim();
}
