/** What an answer about a range of days depends on, in one small query: ledger, feed, and whether the data is simulated. */

import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface AnswerState {
  /** Days by state; days without a row are not among them. */
  readonly states: Readonly<Partial<Record<DayState, number>>>;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  /** Since when the newest of these days is known; null when nothing is. Asked for as of then, the answer stays the same. */
  readonly knownAt: Date | null;
  /** The newest instant that can be asked for: what becomes known later is known from later on. */
  readonly settledAt: Date;
  /** Different whenever a point of these days is different. */
  readonly fingerprint: string;
  readonly simulated: boolean;
}

/**
 * The state of the delivery days from `first` to `last`.
 * @param upTo the fingerprint is of what was known then, and of every correction of it; null: of all that is known.
 */
export async function answerState(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay; readonly last: CivilDay },
  upTo: Date | null = null,
): Promise<AnswerState> {
  const { rows } = await sql.query<AnswerState>(
    `select coalesce(l.states, '{}') as states, coalesce(l.expected, 0) as "expectedPoints",
       coalesce(l.present, 0) as "presentPoints", coalesce(l.quarantined, 0) as "quarantinedPoints",
       c.known_at as "knownAt", k.settled_at as "settledAt", c.changes || '.' || coalesce(c.cursor, 0) as fingerprint,
       coalesce(i.simulated, false) as simulated
     from ops.instance i
     cross join ops.clock k
     cross join (
       select jsonb_object_agg(state, days) as states, sum(expected)::int8 as expected, sum(present)::int8 as present,
         sum(quarantined)::int8 as quarantined
       from (
         select state, count(*) as days, sum(expected_points) filter (where dropped_at is null) as expected,
           sum(present_points) filter (where dropped_at is null) as present,
           sum(quarantined_points) as quarantined
         from ops.delivery_day where dataset = $1 and day between $2 and $3 group by state
       ) by_state
     ) l
     cross join (
       select count(*) as changes, max(cursor) as cursor, max(known_at) as known_at
       from ops.change
       where dataset = $1 and day between $2 and $3
         and ($4::timestamptz is null or known_at <= $4 or kind in ('corrected', 'erased', 'dropped'))
     ) c`,
    [dataset, first, last, upTo],
  );
  return onlyRow(rows);
}
