/** Does the API keep to its own OpenAPI document whatever it is asked? Schemathesis asks. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, serveApi } from '../../../api/server.ts';
import { stateFolder } from '../../../config.ts';
import { runCommand } from '../../../local/run-command.ts';
import { type ApiStage, openApiStage } from './api-stage.ts';
import { ensureSchemathesis, type Fuzzer } from './schemathesis.ts';

const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const INSTALL_LIMIT_MS = 300_000;
const FUZZ_LIMIT_MS = 240_000;

let stage: ApiStage;
let running: RunningApi;
let fuzzer: Fuzzer;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-fuzz-'));

beforeAll(async () => {
  fuzzer = await ensureSchemathesis(join(stateFolder(), 'toolchain'));
  stage = await openApiStage({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await stage.startWorker();
  await stage.load('2026-11-19', '2026-11-20');
  running = await serveApi(stage.deps, { host: '127.0.0.1', port: 0 });
}, INSTALL_LIMIT_MS);
afterAll(async () => {
  await running?.close();
  await stage?.close();
  rmSync(folder, { recursive: true });
});

/** @param more options of `schemathesis run`. @returns what it printed. */
async function fuzz(url: string, ...more: string[]): Promise<string> {
  const { command, variables } = fuzzer;
  const options = ['--checks', 'all', '--seed', '1', '--workers', '1', '--continue-on-failure', '--no-color'];
  const logFile = join(folder, 'schemathesis.log');
  const args = ['--config-file', CONFIG, 'run', url, ...options, '--request-timeout', '20', ...more];
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
    const printed = await fuzz(
      `${running.url}/openapi.json`,
      '--max-examples',
      '30',
      '--include-method',
      'GET',
    );
    expect(printed).toMatch(/\d+ generated, \d+ passed/);
  },
  FUZZ_LIMIT_MS,
);
