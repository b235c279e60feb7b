/**
 * `npm run starts`: how long it takes until `npm start` is ready, for the first time in a state folder and again, and until
 * a worker and the API are. Everything of its own; the programs of this clone are used.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT, settingsOfLocalSystem } from '../config.ts';
import { makeHome, Started } from '../test/e2e/started.ts';
import { median } from './median.ts';

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

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now();
  const value = await work();
  return { value, ms: performance.now() - began };
}
