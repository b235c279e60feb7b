/**
 * Does anything grow that should not? A sped-up month on one worker: polls every few simulated minutes, revisions, late days
 * and errors of the source. Once per simulated day it measures memory, connections, histories and tables, and compares the
 * last third of the month with the one before. `npm run soak -- --days 30 --seconds 60` (real seconds per simulated day).
 */
import { parseArgs } from 'node:util';
import { addDays } from '../domain/civil-day.ts';
import { DATASET, median, openWorkbench, type Workbench } from './workbench.ts';

const DAY_MS = 86_400_000;
const START = '2026-09-01';
/** One measurement; sizes in MB, counts per simulated day where the name says so. */
type Sample = Readonly<Record<string, number>>;

async function soak(days: number, seconds: number): Promise<boolean> {
  const rate = 86_400 / seconds;
  const simulator = { now: `${START}T00:00:00Z`, clockRate: 0, revisionShare: 0.2, seed: 7 };
  const bench = await openWorkbench({ simulator, simulatedClock: true });
  try {
    bench.simulator.clock.set({ rate });
    const samples: Sample[] = [];
    let polls = 0;
    for (let n = 0; n < days; n++) {
      errDuring(bench, addDays(START, n + 1));
      polls += await pollUntil(bench, Date.parse(`${START}T00:00:00Z`) + (n + 1) * DAY_MS);
      samples.push(await measure(bench));
      console.error(`· day ${n + 1} of ${days}: ${JSON.stringify(samples.at(-1))}`);
    }
    const minutes = (days * 1440) / polls;
    console.log(
      `${days} simulated days, ${polls} polls, one every ${minutes.toFixed(1)} simulated minutes\n`,
    );
    return report(samples);
  } finally {
    await bench.close();
  }
}

/** A day's share of trouble: a late day, a held back border, and one answer in fifty that is an error or nonsense. */
function errDuring({ simulator }: Workbench, day: string): void {
  const { faults } = simulator;
  faults.clear();
  const dice = Number(day.slice(8)) % 4;
  if (dice === 1) faults.add({ name: 'late', day, minutes: 300 });
  if (dice === 2) faults.add({ name: 'negative', border: 'border_AT_CZ', day, times: 3 });
  faults.add({ name: 'status', code: 503, share: 0.02 });
  faults.add({ name: 'html-200', share: 0.02 });
}

let serial = 0;

/** Ticks of the schedule, one after the other. @returns how many. */
async function pollUntil({ temporal, simulator }: Workbench, untilMs: number): Promise<number> {
  let polls = 0;
  for (; simulator.clock.nowMs() < untilMs; polls++) {
    await temporal.client.workflow.execute('pollDataset', {
      args: [{ dataset: DATASET }],
      taskQueue: 'tidemark',
      workflowId: `poll-${serial++}`,
    });
  }
  return polls;
}

async function measure({ temporal, database }: Workbench): Promise<Sample> {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const count = async (query: string) => (await temporal.client.workflow.count(query)).count;
  const { rows } = await database.query<Record<string, number>>(
    `select
       (select count(*) from pg_stat_activity where datname = current_database()) as "connections",
       (select count(*) from ops.run) as "runs",
       (select count(*) from ops.payload) as "payloads",
       (select count(*) from ops.finding) as "findings",
       (select count(*) from ops.change) as "changes",
       (select count(*) from store.jao_core__max_exchanges) as "current values",
       (select count(*) from store.jao_core__max_exchanges__closed) as "closed versions",
       (select sum(pg_total_relation_size(c.oid)) / 1e6 from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'ops' and c.relkind = 'r')::float8 as "ops MB"`,
  );
  return {
    'heap MB': (heapUsed + external) / 1e6,
    'resident MB': rss / 1e6,
    'workflows running': await count('ExecutionStatus = "Running"'),
    'histories over 500 events': await count('HistoryLength > 500'),
    ...rows[0],
  };
}

/** What has to stay as it is, with what may lie between two thirds of a month on a noisy machine. */
const FLAT: Readonly<Record<string, (before: number, after: number) => boolean>> = {
  'heap MB': (before, after) => after <= before * 1.15,
  'resident MB': (before, after) => after <= before * 1.15,
  'workflows running': (before, after) => after <= before + 5,
  'histories over 500 events': (before, after) => after <= before,
  connections: (before, after) => after <= before + 5,
};

/** Compares the middle third with the last one. The first one fills caches. @returns whether all is flat. */
function report(samples: readonly Sample[]): boolean {
  const third = Math.floor(samples.length / 3);
  const [before, after] = [samples.slice(-2 * third - 1, -third), samples.slice(-third - 1)];
  printRow(['', 'middle third', 'last third', 'ratio']);
  const growing = Object.keys(samples[0] ?? {}).filter((name) => {
    const isFlat = FLAT[name];
    // Tables grow with the days: what they grow by is told, beside what the source made of these days.
    const figure = isFlat ? middleOf(name) : growthOf(name);
    const [was, is] = [figure(before), figure(after)];
    const ratio = was === is ? 1 : is / was;
    printRow([isFlat ? name : `${name} per day`, was.toFixed(2), is.toFixed(2), ratio.toFixed(2)]);
    return isFlat?.(was, is) === false;
  });
  console.log(growing.length === 0 ? '\nall flat' : `\nnot flat: ${growing.join(', ')}`);
  return growing.length === 0;
}

const middleOf = (name: string) => (window: readonly Sample[]) =>
  median(window.map((sample) => sample[name] ?? Number.NaN));

const growthOf = (name: string) => (window: readonly Sample[]) =>
  ((window.at(-1)?.[name] ?? 0) - (window[0]?.[name] ?? 0)) / (window.length - 1);

function printRow([name = '', ...cells]: readonly string[]): void {
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(14)).join(''));
}

const { values } = parseArgs({
  options: { days: { type: 'string', default: '30' }, seconds: { type: 'string', default: '60' } },
});
const days = Number(values.days);
const seconds = Number(values.seconds);
if (!Number.isInteger(days) || days < 6 || !(seconds > 0)) {
  console.error(
    `--days is "${values.days}", --seconds is "${values.seconds}": write a whole number from 6, and seconds`,
  );
  process.exit(2);
}
process.exitCode = (await soak(days, seconds)) ? 0 : 1;
