/** Which days of a range are in the ledger: others have no rows. */
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import type { RowSelection } from '../answers/relation.ts';
import type { LedgerRow } from './ledger.ts';

/**
 * Ascending; for points with a day before and after the range, to cover every time zone. Records may belong to any unit of work, so all
 * days are included.
 */
export async function ledgerDays(
  sql: Sql,
  { dataset, from, to }: Pick<RowSelection, 'dataset' | 'from' | 'to'>,
): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select day from catalog.delivery_day
     where dataset = $1 and ($2::timestamptz is null or day >= $2::timestamptz::date - 1) and ($3::timestamptz is null or day <= $3::timestamptz::date + 1)
     order by day`,
    isOfRecords(dataset) ? [dataset.id, null, null] : [dataset.id, from, to],
  );
  return rows.map(({ day }) => day);
}

// The newest days of many datasets, for the first page.

/** Days of a dataset, both ends included. */
export interface DayRange {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
}

/** The ledger columns that a strip of days shows. */
export type RecentDay = Pick<
  LedgerRow,
  | 'dataset'
  | 'day'
  | 'state'
  | 'expectedPoints'
  | 'presentPoints'
  | 'quarantinedPoints'
  | 'revision'
  | 'lastChangedAt'
  | 'error'
>;

/** The ledger's rows of ranges of several datasets by one statement, ascending. */
export async function recentDays(sql: Sql, ranges: readonly DayRange[]): Promise<RecentDay[]> {
  const { rows } = await sql.query<RecentDay>(
    `select dataset, day, state, expected_points as "expectedPoints", present_points as "presentPoints",
       quarantined_points as "quarantinedPoints", revision, last_changed_at as "lastChangedAt", error
     from ops.delivery_day join unnest($1::text[], $2::date[], $3::date[]) as r(of, first, last)
       on dataset = r.of and day between r.first and r.last
     order by dataset, day`,
    [ranges.map(({ dataset }) => dataset), ranges.map(({ from }) => from), ranges.map(({ to }) => to)],
  );
  return rows;
}

// Ends the progress of days whose deadline has passed while nothing new came.

/**
 * Days in progress that were due before an instant are partial from now on. A day that is being written is left to its writer, and to the
 * next call. @returns how many there were.
 */
export async function endProgress(sql: Sql, now: Date): Promise<number> {
  const { rowCount } = await sql.query(
    `with due as materialized (
       select dataset, day from ops.delivery_day where due_at <= $1
     ), free as materialized (
       select dataset, day from due
       -- The same key as in lockDay.
       where pg_try_advisory_xact_lock(hashtextextended('tidemark.day ' || dataset || ' ' || day, 0))
     )
     update ops.delivery_day l set state = 'partial', due_at = null, due_points = null
     from free where l.dataset = free.dataset and l.day = free.day and l.due_at <= $1`,
    [now],
  );
  return rowCount ?? 0;
}
