/** What an answer about a range of days depends on, in one small query: ledger, feed, and whether the data is simulated. */
import type { CivilDay } from '../../domain/civil-day.ts';
import type { DayState } from '../../domain/ledger.ts';
import { onlyRow, type Sql } from '../client.ts';

export interface AnswerState {
  /** Days by state; days without a row are not among them. */
  readonly states: Readonly<Partial<Record<DayState, number>>>;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  /** When the newest knowledge of these days was had; null when nothing is known. */
  readonly knownAt: Date | null;
  /** Different whenever a point of these days is different. */
  readonly fingerprint: string;
  readonly simulated: boolean;
}

/** The state of the delivery days from `first` to `last`. */
export async function answerState(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay; readonly last: CivilDay },
): Promise<AnswerState> {
  const { rows } = await sql.query<AnswerState>(
    `select coalesce(l.states, '{}') as states, coalesce(l.expected, 0) as "expectedPoints",
       coalesce(l.present, 0) as "presentPoints", coalesce(l.quarantined, 0) as "quarantinedPoints",
       c.known_at as "knownAt", c.changes || '.' || coalesce(c.cursor, 0) || l.dropped as fingerprint,
       coalesce(i.simulated, false) as simulated
     from ops.instance i
     cross join (
       select jsonb_object_agg(state, days) as states, sum(expected)::int8 as expected, sum(present)::int8 as present,
         sum(quarantined)::int8 as quarantined,
         case when sum(dropped) > 0 then '.' || sum(dropped) else '' end as dropped
       from (
         select state, count(*) as days, sum(expected_points) filter (where dropped_at is null) as expected,
           sum(present_points) filter (where dropped_at is null) as present,
           sum(quarantined_points) as quarantined, count(dropped_at) as dropped
         from ops.delivery_day where dataset = $1 and day between $2 and $3 group by state
       ) by_state
     ) l
     cross join (
       select count(*) as changes, max(cursor) as cursor, max(known_at) as known_at
       from ops.change where dataset = $1 and day between $2 and $3
     ) c`,
    [dataset, first, last],
  );
  return onlyRow(rows);
}
