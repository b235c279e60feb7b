/**
 * Runs the real `tidemark` command: inside this process, which takes a fraction of the time, or as a process of its own
 * where the test is about the process.
 */

import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { runTidemark } from '../../cli/run.ts';
import { ROOT } from '../../config/installation.ts';
import { ALONE } from './alone.ts';
import { Captured } from './captured.ts';
import { commandFile, programOf } from './program.ts';
import type { TestEnvironment } from './test-environment.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of a command; the tester's own environment stays out. */
export type Settings = Readonly<Record<string, string>>;

/** Settings of a command that works with the servers of a test environment. */
export function settingsOf({
  catalog,
  databaseUrl,
  temporalAddress,
  simulator,
}: Pick<TestEnvironment, 'databaseUrl' | 'temporalAddress' | 'simulator' | 'catalog'>): Settings {
  const sources = catalog.datasets.map(({ source }) => [source.baseUrl.setting, simulator.url]);
  return { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, ...Object.fromEntries(sources) };
}

/** Runs `tidemark` to its end, in this process. */
export function tidemark(settings: Settings, ...args: readonly string[]): Promise<Ran> {
  return tidemarkFrom('', settings, ...args);
}

/** The same with something on its standard input. */
export async function tidemarkFrom(
  input: string,
  settings: Settings,
  ...args: readonly string[]
): Promise<Ran> {
  const [stdout, stderr] = [new Captured(), new Captured()];
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  const code = await runTidemark(args, {
    env: { ...ALONE, ...settings },
    folder: ROOT,
    stdin,
    stdout,
    stderr,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs `tidemark` as a process, to its end. One that hangs is killed, and its code is null. */
export function tidemarkProcess(settings: Settings, ...args: readonly string[]): Promise<Ran> {
  return run(process.execPath, [commandFile(), ...args], settings);
}

/** The same with something on its standard input. */
export function tidemarkProcessFrom(
  input: string,
  settings: Settings,
  ...args: readonly string[]
): Promise<Ran> {
  return run(process.execPath, [commandFile(), ...args], settings, input);
}

/** What `npx tidemark` does, in this clone. */
export function npxTidemark(settings: Settings, ...args: readonly string[]): Promise<Ran> {
  return run('npx', ['--no-install', 'tidemark', ...args], settings);
}

/** Runs `npm run migrate`. */
export function migrateAll(settings: Settings): Promise<Ran> {
  return run(process.execPath, programOf('workers/migrate'), settings);
}

/** Runs `tidemark` in a shell's pipe; the code is that of `tidemark`, not that of the reader. */
export async function tidemarkInto(
  reader: string,
  settings: Settings,
  ...args: readonly string[]
): Promise<Ran> {
  const script = `{ "$0" "$@"; echo "ended with $?" >&2; } | ${reader}`;
  const { stdout, stderr } = await run(
    'sh',
    ['-c', script, process.execPath, commandFile(), ...args],
    settings,
  );
  const [, printed = '', code = ''] = /^([\s\S]*)ended with (\d+)\n$/.exec(stderr) ?? [];
  return { code: code === '' ? null : Number(code), stdout, stderr: printed };
}

function run(program: string, args: readonly string[], settings: Settings, input = ''): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...ALONE, ...settings };
  const options = { cwd: ROOT, env, timeout: 200_000, killSignal: 'SIGKILL', maxBuffer: 1 << 28 } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    if (input) child.stdin?.end(input);
  });
}
