// Does the process do what its flags and its --help say, and does it end when it should?
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { FAULTS } from '../../../simulator/faults.ts';
import { helpText, readFlags } from '../../../simulator/flags.ts';

const MAIN = fileURLToPath(new URL('../../../simulator/main.ts', import.meta.url));
const started: ChildProcess[] = [];

/** Starts the simulator as people do. */
function launch(...flags: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx/esm', MAIN, ...flags]);
  started.push(child);
  return child;
}

/** The first line a process writes. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The process has no stdout.');
  const [line] = await once(createInterface(child.stdout), 'line');
  return line;
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('the process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'says where it listens, answers, and ends cleanly on %s',
    async (signal) => {
      const child = launch(
        '--port',
        '0',
        '--seed',
        '3',
        '--now',
        '2026-11-20T12:00:00Z',
        '--fault',
        'slow:delayMs=60000,day=2026-11-20',
      );
      const line = await firstLine(child);
      expect(line).toMatch(
        /^simulator listening on http:\/\/127\.0\.0\.1:\d+ \(seed 3, generated values, clock at 2026-11-20T12:00:00Z x1, quota 100\)$/,
      );
      const url = line.match(/http:\/\/[\d.:]+/)?.[0];
      const waiting = fetch(`${url}/core/api/data/maxExchanges?FromUtc=2026-11-20&ToUtc=2026-11-21`).catch(
        () => 'hung up',
      );
      expect((await fetch(`${url}/_simulator/state`)).status).toBe(200);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(await waiting).toBe('hung up');
    },
  );

  test('ends when stdin closes, if asked to', async () => {
    const child = launch('--port', '0', '--exit-with-parent');
    await firstLine(child);
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends when the IPC channel closes', async () => {
    const child = fork(MAIN, ['--port', '0'], { execArgv: ['--import', 'tsx/esm'], silent: true });
    started.push(child);
    await firstLine(child);
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('--help prints flags, faults and control paths', async () => {
    const child = launch('--help');
    const pieces: Buffer[] = [];
    child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(Buffer.concat(pieces).toString()).toBe(helpText());
  });

  test.each([
    [['--sed', '1'], /--sed/],
    [['--fault', 'status:code=1'], /fault "status:code=1": code is "1" but must be one of 400/],
  ])('%j exits 2 with a message', async (flags, summary) => {
    const child = launch(...flags);
    const pieces: Buffer[] = [];
    child.stderr?.on('data', (piece: Buffer) => pieces.push(piece));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(Buffer.concat(pieces).toString()).toMatch(summary);
  });
});

describe('flags', () => {
  test('become options', () => {
    const argv =
      '--port 0 --host 0.0.0.0 --seed 4 --now 2026-01-01 --clock-rate 60 --ahc-before null --quota-requests 0 ' +
      '--quota-window-ms 500 --retry-after --revision-share 0.5 --fault reset --fault slow:delayMs=1 --recorded dir';
    expect(readFlags(argv.split(' '))).toEqual({
      kind: 'run',
      exitWithParent: false,
      options: {
        port: 0,
        host: '0.0.0.0',
        seed: 4,
        now: '2026-01-01',
        clockRate: 60,
        ahcBefore: 'null',
        quotaRequests: 0,
        quotaWindowMs: 500,
        retryAfter: true,
        revisionShare: 0.5,
        faults: ['reset', 'slow:delayMs=1'],
        recorded: 'dir',
      },
    });
  });

  test('have defaults', () => {
    expect(readFlags([])).toEqual({ kind: 'run', exitWithParent: false, options: { port: 8090 } });
    expect(readFlags(['--exit-with-parent'])).toMatchObject({ exitWithParent: true });
    expect(readFlags(['--help'])).toEqual({ kind: 'help' });
  });

  test.each([
    ['--port', '99999'],
    ['--seed', '-1'],
    ['--seed', '1.5'],
    ['--now', 'today'],
    ['--clock-rate', 'fast'],
    ['--ahc-before', 'zero'],
    ['--quota-requests', 'many'],
    ['--quota-window-ms', '0'],
    ['--revision-share', '4'],
  ])('%s %s is refused by name', (flag, value) => {
    expect(() => readFlags([`${flag}=${value}`])).toThrow(`${flag} is ${JSON.stringify(value)} but must be `);
  });

  test('nothing else is taken', () => {
    expect(() => readFlags(['--port'])).toThrow(/--port/);
    expect(() => readFlags(['start'])).toThrow(/start/);
    expect(() => readFlags(['--retry-after=5'])).toThrow(/--retry-after/);
  });
});

test('the help names every flag and every fault', () => {
  for (const name of Object.keys(FAULTS)) expect(helpText()).toContain(`  ${name}: `);
  for (const flag of ['port', 'host', 'seed', 'now', 'clock-rate', 'recorded', 'fault', 'exit-with-parent']) {
    expect(helpText()).toContain(`  --${flag}`);
  }
});
