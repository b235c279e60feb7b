/** States of knowledge that can be queried, and the gates of delivery days. */
import { daysWithin } from '../../../domain/time/chunks.ts';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { ledgerDays } from '../days/ledger-days.ts';
import type { Cells } from './cells.ts';
import type { RowSelection } from './relation.ts';

/**
 * Which state of knowledge: the latest, that of an instant, that of an instant per delivery day (but of no later than `until`), or every
 * version.
 */
export type Knowledge =
  | { readonly kind: 'latest' }
  | { readonly kind: 'as-of'; readonly at: Date }
  | { readonly kind: 'gates'; gateOf(day: CivilDay): Date; readonly until: Date | null }
  | { readonly kind: 'versions' };

/** The instant of a delivery day up to which knowledge of it counts. */
export interface Gate {
  readonly day: CivilDay;
  readonly at: Date;
}

export interface Page {
  /** The key of the last row read; null starts from the beginning. */
  readonly after: Cells | null;
  /** Null reads to the end. */
  readonly limit: number | null;
}

/** The gates of days that have one; none for other states of knowledge. */
export function gatesOfDays(knowledge: Knowledge, days: readonly CivilDay[]): Gate[] {
  if (knowledge.kind !== 'gates') return [];
  return days.map((day) => ({ day, at: knowledge.gateOf(day) }));
}

/** The gates of the ledger's days that may have rows in a selection. */
export async function gatesInRange(sql: Sql, selection: RowSelection): Promise<Gate[]> {
  return selection.knowledge.kind === 'gates'
    ? gatesOfDays(selection.knowledge, await ledgerDays(sql, selection))
    : [];
}

/** The gates whose days may touch an interval. @param gates ascending by day */
export function gatesWithin(gates: readonly Gate[], interval: Interval): readonly Gate[] {
  const within = new Set(
    daysWithin(
      gates.map(({ day }) => day),
      interval,
    ),
  );
  return gates.filter(({ day }) => within.has(day));
}

// What an answer for a gate rests on: when the gate of each day is, whether it was reached, and whether the day was recorded by then.

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

interface GateQuestion {
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
