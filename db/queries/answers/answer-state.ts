/** What an answer about a range of days depends on, in one small query: ledger, feed, and whether the data is simulated. */

import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/** What the ledger says of some days. */
export interface LedgerTotals {
  /** Days by state; days without a row are not among them. */
  readonly states: Readonly<Partial<Record<DayState, number>>>;
  /** Days whose values were loaded and not dropped since, or of which it is known that there are none. */
  readonly loadedDays: number;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
}

export interface AnswerState extends LedgerTotals {
  /** Since when the newest knowledge of these days is known; null when there is none. Queried as of then, the answer stays the same. */
  readonly knownAt: Date | null;
  /** The newest instant that can be queried: later knowledge gets a later instant. */
  readonly settledAt: Date;
  /** Changes whenever a row of these days changes: changes are never removed from the feed, and each has a higher cursor. */
  readonly fingerprint: string;
  readonly simulated: boolean;
}

/** Delivery days, both ends included. */
export interface Days {
  readonly first: CivilDay;
  readonly last: CivilDay;
}

/**
 * The state of some delivery days.
 * @param days null: all of the dataset.
 * @param upTo the fingerprint covers what was known then, and every correction of it; null: all that is known.
 */
export async function answerState(
  sql: Sql,
  dataset: string,
  days: Days | null,
  upTo: Date | null = null,
): Promise<AnswerState> {
  // Named, so that it is planned once per session: planning takes longer than execution.
  const { rows } = days
    ? await sql.query<AnswerState>({
        name: 'answer state of days',
        text: STATE_OF_DAYS,
        values: [dataset, upTo, days.first, days.last],
      })
    : await sql.query<AnswerState>({
        name: 'answer state',
        text: STATE_OF_DATASET,
        values: [dataset, upTo],
      });
  return onlyRow(rows);
}

const STATE = `
  select coalesce(l.states, '{}') as states, coalesce(l.loaded, 0) as "loadedDays", coalesce(l.expected, 0) as "expectedPoints",
    coalesce(l.present, 0) as "presentPoints", coalesce(l.quarantined, 0) as "quarantinedPoints",
    c.known_at as "knownAt", k.settled_at as "settledAt", coalesce(c.cursor, 0)::text as fingerprint,
    coalesce(i.simulated and (select from_publisher from ops.dataset where dataset = $1), false) as simulated
  from ops.instance i
  cross join ops.clock k`;

const COUNTED = `
  select state, count(*) as days,
    count(*) filter (where dropped_at is null and (first_published_at is not null or state in ('complete', 'absent'))) as loaded, sum(expected_points) filter (where dropped_at is null) as expected,
    sum(present_points) filter (where dropped_at is null) as present, sum(quarantined_points) as quarantined
  from ops.delivery_day`;

const SUMMED = `
  select jsonb_object_agg(state, days) as states, sum(loaded)::int8 as loaded, sum(expected)::int8 as expected, sum(present)::int8 as present,
    sum(quarantined)::int8 as quarantined`;

/** What was known at an instant, and later corrections of it. */
const UP_TO = `($2::timestamptz is null or known_at <= $2 or kind in ('corrected', 'erased', 'dropped'))`;

const OF_DAYS = `
  cross join (${SUMMED} from (${COUNTED} where dataset = $1 and day between $3 and $4 group by state) by_state) l
  cross join (
    select max(cursor) as cursor, max(known_at) as known_at
    from ops.change where dataset = $1 and day between $3 and $4 and ${UP_TO}
  ) c`;

/** A stream has thousands of changes a day: both values are read from the end of an index. */
const OF_DATASET = `
  cross join (${SUMMED} from (${COUNTED} where dataset = $1 group by state) by_state) l
  cross join (
    select
      (select cursor from ops.change where dataset = $1 and cursor is not null and ${UP_TO} order by cursor desc limit 1) as cursor,
      (select known_at from ops.change where dataset = $1 and known_at is not null order by known_at desc limit 1) as known_at
  ) c`;

const STATE_OF_DAYS = `${STATE} ${OF_DAYS}`;
const STATE_OF_DATASET = `${STATE} ${OF_DATASET}`;

/** What the ledger says of units of work. @param first, last null: no bound. */
export async function ledgerTotals(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay | null; readonly last: CivilDay | null },
): Promise<LedgerTotals> {
  const { rows } = await sql.query<LedgerTotals>(
    `select coalesce(l.states, '{}') as states, coalesce(l.loaded, 0) as "loadedDays", coalesce(l.expected, 0) as "expectedPoints",
       coalesce(l.present, 0) as "presentPoints", coalesce(l.quarantined, 0) as "quarantinedPoints"
     from (${SUMMED} from (
       ${COUNTED} where dataset = $1 and ($2::date is null or day >= $2) and ($3::date is null or day <= $3) group by state) by_state) l`,
    [dataset, first, last],
  );
  return onlyRow(rows);
}

/** The number of units of work of which something was known at an instant. */
export async function daysKnownAt(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay | null; readonly last: CivilDay | null },
  at: Date,
): Promise<number> {
  const { rows } = await sql.query<{ days: number }>(
    `select count(*)::int8 as days from ops.delivery_day d
     where d.dataset = $1 and ($2::date is null or d.day >= $2) and ($3::date is null or d.day <= $3)
       and exists (select from ops.change c where c.dataset = d.dataset and c.day = d.day and c.known_at <= $4)`,
    [dataset, first, last, at],
  );
  return onlyRow(rows).days;
}
