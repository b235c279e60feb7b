/**
 * `npm run bench:workers -- --days 120`: a backfill by 1, 2 and 4 worker processes of a source without quota, in turn and twice, with the
 * processor time that a day takes of each program: from these follows what further machines would bring. Servers of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { datasetPlaces } from '../config-datasets.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { addDays } from '../domain/time/civil-day.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { DATASET } from '../test/chaos/phases.ts';
import { openSystem, type System } from '../test/chaos/system.ts';

const { values } = parseArgs({ options: { days: { type: 'string', default: '120' } } });
const days = Number(values.days);
const WORKERS = [1, 2, 4, 4, 2, 1];
/** Programs by a word of their command line. */
const PROGRAMS = { workers: 'history-worker', temporal: 'start-dev', postgres: 'postgres' } as const;

const { firstDay } = (await loadCatalog(datasetPlaces())).get(DATASET);
console.log(`on ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}; ${days} days each`);
for (const count of WORKERS) console.log(await measure(count));
process.exit();

async function measure(count: number): Promise<string> {
  const program = ['--import', 'tsx/esm', 'bench/history-worker.ts', '0', '100000'];
  const source = { revisionShare: 0, quotaRequests: 0 };
  const system = await openSystem(source, () => {}, { workers: count, program, schedule: 'none' });
  try {
    await load(system, firstDay, 16);
    const before = secondsOf(system);
    const began = performance.now();
    await load(system, addDays(firstDay, 16), days);
    const seconds = (performance.now() - began) / 1_000;
    const after = secondsOf(system);
    const parts = Object.keys(PROGRAMS).map((name) => {
      const used = (after.get(name) ?? 0) - (before.get(name) ?? 0);
      return `${name} ${((used / days) * 1_000).toFixed(0)} ms`;
    });
    return `${count} workers: ${(days / seconds).toFixed(1)} days/s; processor a day: ${parts.join(', ')}`;
  } finally {
    await system.close();
  }
}

async function load({ temporal }: System, from: string, count: number): Promise<void> {
  const to = addDays(from, count - 1);
  await (await startBackfill(temporal, { dataset: DATASET, from, to, concurrency: 32 })).result();
}

/** Processor seconds of each program so far, those of its ended children included. */
function secondsOf({ folder }: System): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const line of execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).trim().split('\n')) {
    const [, pid = '', command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    const name = nameOf(command, folder);
    if (name) seconds.set(name, (seconds.get(name) ?? 0) + ticksOf(pid) / 100);
  }
  return seconds;
}

function nameOf(command: string, folder: string): string | undefined {
  if (command.includes(PROGRAMS.workers)) return 'workers';
  if (command.includes(PROGRAMS.temporal) && command.includes(folder)) return 'temporal';
  return command.startsWith('postgres: tidemark') || command.includes(`${folder}/data`)
    ? 'postgres'
    : undefined;
}

/** Hundredths of a second: user, system, and both of ended children. */
function ticksOf(pid: string): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
  } catch {
    return 0;
  }
}
