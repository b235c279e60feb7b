/** What an answer for a gate rests on: when the gate of each day is, whether it was reached, and whether the day was recorded by then. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface GateDay {
  readonly day: CivilDay;
  readonly gateAt: Date;
  /** False: the gate lies ahead of the instant asked, and what is known of the day is provisional. */
  readonly reached: boolean;
  /** Whether something of the day could be read at its gate, or at the instant asked if that is earlier. */
  readonly recorded: boolean;
}

export interface GateDays {
  /** Since when something of the dataset can be read; null: nothing could be at the instant asked. */
  readonly recordedSince: Date | null;
  /** Ascending. */
  readonly days: readonly GateDay[];
}

export interface GateQuestion {
  readonly dataset: string;
  readonly gate: string;
  /** Null: from the first, to the last day of the ledger. */
  readonly first: CivilDay | null;
  readonly last: CivilDay | null;
  readonly every: 'day' | 'year';
  /** The instant asked; null: the newest settled one. */
  readonly at: Date | null;
}

export async function gateDays(
  sql: Sql,
  { dataset, gate, first, last, every, at }: GateQuestion,
): Promise<GateDays> {
  const [days, since] = await Promise.all([
    sql.query<GateDay>(
      `select delivery_day as day, gate_at as "gateAt", reached, recorded
       from catalog.gate_days($1, $2, $3, $4, $5, $6::interval)`,
      [dataset, gate, first, last, at, `1 ${every}`],
    ),
    sql.query<{ recordedSince: Date | null }>(
      `select (select d.recorded_since from catalog.dataset d
         where d.dataset = $1 and d.recorded_since <= coalesce($2, catalog.settled_at())) as "recordedSince"`,
      [dataset, at],
    ),
  ]);
  return { ...onlyRow(since.rows), days: days.rows };
}
