/** What is held and stored at one moment of a soak. Sizes in MB; rows and polls are counted from the beginning. */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Database } from '../../db/connection/client.ts';
import type { Place } from './days.ts';

export type Sample = Readonly<Record<string, number>>;

/** Histories of less events are too many to be looked at one by one. */
const SHORT = 50;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

export async function measure(place: Place): Promise<Sample> {
  await openAll(place.database);
  // So does how many connections to the source are kept for later.
  place.simulator.hangUpIdle();
  return {
    ...(await memory()),
    ...(await handles(place.database)),
    ...(await histories(place)),
    ...(await rows(place.database)),
  };
}

/** How many sessions a pool has open depends on how busy the machine is. With all of them open, what is more was leaked. */
async function openAll(database: Database): Promise<void> {
  const { max } = database.options;
  await Promise.all(Array.from({ length: max }, () => database.query('select pg_sleep(0.05)')));
}

/** After collections until no more comes of them: what held a buffer goes one collection before it. */
async function memory(): Promise<Sample> {
  let [before, now] = [Number.POSITIVE_INFINITY, await collectedMB()];
  while (before - now > 0.1) [before, now] = [now, await collectedMB()];
  return { 'heap MB': now, 'resident MB': process.memoryUsage().rss / 1e6 };
}

async function collectedMB(): Promise<number> {
  collectGarbage();
  // Finalizers run between two turns of the event loop.
  await delay(10);
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

async function handles(database: Database): Promise<Sample> {
  return {
    connections: await sessionsOf(database),
    'clients in use': await leastOf(() => database.totalCount - database.idleCount),
    listeners: listenersOf(process) + listenersOf(database) + (await listenersOfClient(database)),
    'open handles': await leastOf(() => process.getActiveResourcesInfo().length),
  };
}

async function sessionsOf(database: Database): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    'select count(*) from pg_stat_activity where datname = current_database()',
  );
  return rows[0]?.count ?? Number.NaN;
}

/** What is left when nobody happens to be at work: the least of looks during a second, as work goes on longer on a slow machine. */
async function leastOf(look: () => number): Promise<number> {
  const looks: number[] = [];
  for (let n = 0; n < 40; n++) {
    looks.push(look());
    await delay(25);
  }
  return Math.min(...looks);
}

const listenersOf = (emitter: NodeJS.EventEmitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

/** Listeners of a session that has been lent and given back many times. */
async function listenersOfClient(database: Database): Promise<number> {
  const client = await database.connect();
  try {
    return listenersOf(client);
  } finally {
    client.release();
  }
}

/** Events of the longest history so far, of those that run as well as of those that have ended. */
async function histories({ temporal: { client } }: Place): Promise<Sample> {
  let [running, longest] = [0, 0];
  // How long one is that runs is not known to the search.
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    running += 1;
    const { historyLength } = await client.workflow.getHandle(workflowId, runId).describe();
    longest = Math.max(longest, historyLength);
  }
  for await (const { historyLength } of client.workflow.list({ query: `HistoryLength > ${SHORT}` }))
    longest = Math.max(longest, historyLength ?? 0);
  return { 'workflows running': running, 'longest history': longest };
}

/** Rows of every table that a worker knows. */
async function rows(database: Database): Promise<Sample> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('ops', 'catalog', 'store') and c.relkind = 'r'
       -- What workers may not read, they cannot write either.
       and has_table_privilege(c.oid, 'select')
     order by 1`,
  );
  const counts = tables.rows.map(({ name }) => `(select count(*) from ${name}) as "${name}"`);
  const { rows } = await database.query<Record<string, number>>(`select ${counts.join(', ')}`);
  return { ...rows[0], 'MB of ops': await sizeOfOps(database) };
}

async function sizeOfOps(database: Database): Promise<number> {
  const { rows } = await database.query<{ megabytes: number }>(
    `select (sum(pg_total_relation_size(c.oid)) / 1e6)::float8 as megabytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'ops' and c.relkind = 'r'`,
  );
  return rows[0]?.megabytes ?? Number.NaN;
}
