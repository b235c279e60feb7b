/** The holidays that count for a dataset's deadlines, if it is judged by business days. */
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import type { BusinessDays } from '../../../domain/dataset/pull.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import { type Holidays, LOOK_AHEAD_DAYS, NO_HOLIDAYS } from '../../../domain/time/delivery-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

/**
 * Those around a delivery day, as known at an instant: a later judgement must not find another deadline because a holiday was proclaimed
 * since.
 */
export async function holidaysAround(
  sql: Sql,
  { pull: { publication } }: PulledPoints,
  day: CivilDay,
  knownAt: Date,
): Promise<Holidays> {
  const { businessDays, deadline } = publication;
  if (!businessDays) return NO_HOLIDAYS;
  const due = addDays(day, deadline.day);
  const range = { from: addDays(due, -LOOK_AHEAD_DAYS), to: addDays(due, LOOK_AHEAD_DAYS) };
  return new Set(await publicHolidays(sql, { ...businessDays, ...range, knownAt }));
}

// Public holidays for judging deadlines: the days of an area, as known at an instant.

interface HolidayQuestion extends BusinessDays {
  /** Both included. */
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly knownAt: Date;
}

/** The public holidays of an area; none if the dataset is not registered yet. */
async function publicHolidays(sql: Sql, question: HolidayQuestion): Promise<CivilDay[]> {
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
