/** Processes that are running: workers and servers of the API, how their own clocks stand, and what is in their catalogues. */
import type { Sql } from '../../connection/client.ts';

export interface RunningProcess {
  readonly kind: 'worker' | 'api';
  readonly host: string;
  readonly pid: number;
}

/** A process, and what it says of itself. */
export interface NotedProcess extends RunningProcess {
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** How far its own clock is ahead of the database's, seconds; negative: behind. */
  readonly clockAheadSeconds: number;
  /** What is in its catalogue, `<id>@<decoder version>`. */
  readonly datasets: readonly string[];
}

/** What has not been seen for a minute has ended without a word. */
const SEEN_WITHIN = '1 minute';

/** Notes that a process is running, how its clock stands, and what it knows. */
export async function noteProcess(
  sql: Sql,
  { kind, host, pid }: RunningProcess,
  { clockAheadSeconds, datasets }: Pick<NotedProcess, 'clockAheadSeconds' | 'datasets'>,
): Promise<void> {
  await sql.query(
    `insert into ops.process (kind, host, pid, clock_ahead_seconds, datasets) values ($1, $2, $3, $4, $5)
     on conflict (kind, host, pid) do update set
       seen_at = clock_timestamp(), clock_ahead_seconds = excluded.clock_ahead_seconds, datasets = excluded.datasets`,
    [kind, host, pid, clockAheadSeconds, datasets],
  );
}

/** Forgets a process that ends, and with it those that ended without a word. */
export async function forgetProcess(sql: Sql, { kind, host, pid }: RunningProcess): Promise<void> {
  await sql.query(
    `delete from ops.process
     where (kind, host, pid) = ($1, $2, $3) or seen_at < clock_timestamp() - $4::interval
       or seen_at > clock_timestamp() + $4::interval`,
    [kind, host, pid, SEEN_WITHIN],
  );
}

/** Those that are running. A clock of the database that was set meanwhile hides none for longer than it takes to be seen again. */
export async function runningProcesses(sql: Sql): Promise<NotedProcess[]> {
  const { rows } = await sql.query<NotedProcess>(
    `select kind, host, pid, started_at as "startedAt", seen_at as "seenAt",
       clock_ahead_seconds as "clockAheadSeconds", datasets
     from ops.process
     where seen_at > clock_timestamp() - $1::interval
     order by kind, host, pid`,
    [SEEN_WITHIN],
  );
  return rows;
}
