/** The newest days of many datasets, for the first page. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import type { LedgerRow } from './ledger.ts';

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
