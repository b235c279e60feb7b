/** Running processes: workers and API servers, the state of their clocks, and the datasets of their catalogues. */
import type { Sql } from '../../connection/client.ts';

export interface RunningProcess {
  readonly kind: 'worker' | 'api';
  readonly host: string;
  readonly pid: number;
}

/** A process, and what it reports about itself. */
export interface NotedProcess extends RunningProcess {
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** How far its own clock is ahead of the database's, seconds; negative: behind. */
  readonly clockAheadSeconds: number;
  /** The datasets of its catalogue, `<id>@<decoder version>`. */
  readonly datasets: readonly string[];
}

/** A process that was not seen for a minute has died. */
const SEEN_WITHIN = '1 minute';

/** Records that a process is running, the state of its clock, and its datasets. */
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

/** Removes a process that ends, and all that died. */
export async function forgetProcess(sql: Sql, { kind, host, pid }: RunningProcess): Promise<void> {
  await sql.query(
    `delete from ops.process
     where (kind, host, pid) = ($1, $2, $3) or seen_at < clock_timestamp() - $4::interval
       or seen_at > clock_timestamp() + $4::interval`,
    [kind, host, pid, SEEN_WITHIN],
  );
}

/** Those that are running. If the database's clock was set, a process is hidden only until it is next seen. */
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
