/** Public holidays for judging deadlines: the days of an area, as known at an instant. */

import type { BusinessDays } from '../../../domain/dataset/pull.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface HolidayQuestion extends BusinessDays {
  /** Both included. */
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly knownAt: Date;
}

/** The public holidays of an area; none if the dataset is not registered yet. */
export async function publicHolidays(sql: Sql, question: HolidayQuestion): Promise<CivilDay[]> {
  const { holidays, country, subdivision, from, to, knownAt } = question;
  const { schema, table, asOf } = storageOf(holidays);
  const { rows: there } = await sql.query(`select from pg_views where schemaname = $1 and viewname = $2`, [
    schema,
    table,
  ]);
  if (there.length === 0) return [];
  const { rows } = await sql.query<{ date: CivilDay }>(
    `select distinct date from ${asOf}($5)
     where country = $1 and subdivision is not distinct from $2 and type = 'public' and date between $3 and $4
     order by date`,
    [country, subdivision, from, to, knownAt],
  );
  return rows.map(({ date }) => date);
}
