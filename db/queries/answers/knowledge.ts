/** States of knowledge that can be queried, and the gates of delivery days. */

import { daysWithin } from '../../../domain/time/chunks.ts';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
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
