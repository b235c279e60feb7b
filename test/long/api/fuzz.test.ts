/** Does the API keep to its own OpenAPI document whatever it is asked? Schemathesis asks. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, serveApi } from '../../../api/server.ts';
import { ROOT } from '../../../config/installation.ts';
import { hashSecret, insertKey, newSecret } from '../../../db/queries/operation/api-keys.ts';
import { runCommand } from '../../../scripts/start/machine/run-command.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { runs } from '../../support/runs.ts';
import { ensureSchemathesis, type Fuzzer } from './schemathesis.ts';

const configOf = (name: string) => join(dirname(fileURLToPath(import.meta.url)), name);
const INSTALL_LIMIT_MS = 300_000;
const FUZZ_LIMIT_MS = 600_000;

let testEnv: ApiEnvironment;
let running: RunningApi;
let fuzzer: Fuzzer;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-fuzz-'));

beforeAll(async () => {
  fuzzer = await ensureSchemathesis(join(ROOT, '.tidemark', 'toolchain'));
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load('2026-11-19', '2026-11-20');
  running = await serveApi(testEnv.deps, { host: '127.0.0.1', port: 0 });
}, INSTALL_LIMIT_MS);
afterAll(async () => {
  await running?.close();
  await testEnv?.close();
  rmSync(folder, { recursive: true });
});

/** @param more options of `schemathesis run`. @returns what it printed. */
async function fuzz(config: string, url: string, ...more: string[]): Promise<string> {
  const { command, variables } = fuzzer;
  // All checks are asked by default; named here, they would be asked where the file switches one off, too.
  const options = [
    '--seed',
    '1',
    '--workers',
    '1',
    '--continue-on-failure',
    '--no-color',
    '--max-examples',
    `${runs(8)}`,
  ];
  const logFile = join(folder, 'schemathesis.log');
  const args = [
    '--config-file',
    configOf(config),
    'run',
    url,
    ...options,
    '--request-timeout',
    '60',
    ...more,
  ];
  try {
    return await runCommand([...command, ...args], { variables, logFile });
  } catch {
    // All of it: what failed, and how to ask again, stands far above its last lines.
    throw new Error(readFileSync(logFile, 'utf8').slice(0, 20_000));
  }
}

test(
  'every route that reads, by whoever may read',
  async () => {
    const printed = await fuzz('schemathesis.toml', `${running.url}/openapi.json`, '--include-method', 'GET');
    expect(printed).toMatch(/\d+ generated, \d+ passed/);
  },
  FUZZ_LIMIT_MS,
);

test(
  'every other route, by an admin, while Temporal is away: what passes the API is a 503, what does not never gets there',
  async () => {
    const secret = newSecret();
    const key = {
      id: 'fuzzer',
      name: 'fuzzer',
      role: 'admin',
      datasets: null,
      createdBy: 'test',
      expiresAt: null,
    } as const;
    await insertKey(testEnv.deps.database, key, hashSecret(secret));
    const away = () => Promise.reject(new Error('away'));
    const alone = await serveApi({ ...testEnv.deps, temporal: away }, { host: '127.0.0.1', port: 0 });
    const options = [
      '--max-examples',
      `${runs(10)}`,
      '--exclude-method',
      'GET',
      '-H',
      `Authorization: Bearer ${secret}`,
    ];
    const printed = await fuzz(
      'schemathesis-without-temporal.toml',
      `${alone.url}/openapi.json`,
      ...options,
    ).finally(() => alone.close());
    expect(printed).toMatch(/\d+ generated, \d+ passed/);
  },
  FUZZ_LIMIT_MS,
);
