/** The fuzzer of the HTTP API: a Python program, installed beside the other tools of this clone where it is missing. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../../../scripts/start/machine/lock.ts';
import { runCommand } from '../../../scripts/start/machine/run-command.ts';

const WHEEL = 'schemathesis==4.32.5';

export interface Fuzzer {
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** @throws Error with what pip said when it cannot be had. */
export async function ensureSchemathesis(toolchainDir: string): Promise<Fuzzer> {
  const own = join(toolchainDir, WHEEL.replace('==', '-'));
  const lock = await waitForLock(`${own}.lock`, () => {});
  try {
    if (!existsSync(own)) await install(own);
  } finally {
    lock.release();
  }
  return { command: ['python3', join(own, 'bin', 'schemathesis')], variables: { PYTHONPATH: own } };
}

/** `--target` writes into our folder alone, which also externally managed Pythons allow. */
async function install(own: string): Promise<void> {
  const draft = `${own}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1'];
  await runCommand(['python3', '-m', 'pip', 'install', WHEEL, ...quietly, '--target', draft], {
    variables: { PIP_USER: '0', PIP_ROOT_USER_ACTION: 'ignore' },
  });
  renameSync(draft, own);
}
