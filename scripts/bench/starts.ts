/**
 * `npm run bench -- starts`: how long it takes until `npm start` is ready, for the first time in a state folder and again, and until
 * a worker and the API are; and until the command has printed its help. Everything of its own; the programs of this clone are used.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createProgram } from '../../cli/program.ts';
import { settingsOfLocalSystem } from '../../config/config.ts';
import { ROOT } from '../../config/installation.ts';
import { makeHome, Started } from '../../test/e2e/started.ts';
import { median } from './workbench.ts';

const AGAIN = 5;
const READY = 'Ctrl-C stops everything';

const home = await makeHome();
try {
  const first = await timed(startOnce);
  await first.value.end('SIGINT');
  const warm: number[] = [];
  const processes = { worker: [] as number[], api: [] as number[] };
  for (let n = 0; n < AGAIN; n++) {
    const { value, ms } = await timed(startOnce);
    warm.push(ms);
    const settings = settingsOfLocalSystem(home.stateDir);
    processes.worker.push(await readyAfter('workers/main.ts', settings));
    processes.api.push(await readyAfter('api/main.ts', { ...settings, PORT: '18099' }));
    await value.end('SIGINT');
  }
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  console.log(`npm start, first in its folder  ${seconds(first.ms)} (database made, a month loaded)`);
  console.log(`npm start, warm                 ${seconds(median(warm))} (target: 15 s; median of ${AGAIN})`);
  console.log(`a worker is ready               ${seconds(median(processes.worker))} (target: 2 s)`);
  console.log(`the API is ready                ${seconds(median(processes.api))}`);
  const { verb, ms } = await slowestHelp();
  console.log(
    `help is printed, from source    ${(ms / 1000).toFixed(2)} s (target: 0.3 s; ${verb}, the slowest; median of ${AGAIN})`,
  );
} finally {
  home.remove();
}

async function startOnce(): Promise<Started> {
  const started = new Started(home, ['--simulate']);
  await started.printed(READY);
  return started;
}

/** Beside the ones that `npm start` runs. @returns milliseconds until the process says that it is ready. */
async function readyAfter(program: string, settings: Readonly<Record<string, string>>): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx/esm', program], {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  const ms = performance.now() - began;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return ms;
}

/** `tidemark --help` and the help of each verb. */
async function slowestHelp(): Promise<{ verb: string; ms: number }> {
  const program = await createProgram(() => Promise.resolve());
  const all: { verb: string; ms: number }[] = [];
  for (const args of [[], ...program.commands.map((verb) => [verb.name()])]) {
    const times: number[] = [];
    for (let n = 0; n < AGAIN; n++) times.push((await timed(() => printHelp(args))).ms);
    all.push({ verb: ['tidemark', ...args, '--help'].join(' '), ms: median(times) });
  }
  return all.reduce((slowest, each) => (each.ms > slowest.ms ? each : slowest));
}

async function printHelp(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'cli/tidemark.js'), ...args, '--help'], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now();
  const value = await work();
  return { value, ms: performance.now() - began };
}
