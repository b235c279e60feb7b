/** The holidays that count for a dataset's deadlines, if it is judged by business days. */

import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { type Holidays, LOOK_AHEAD_DAYS, NO_HOLIDAYS } from '../../../domain/time/business-days.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { publicHolidays } from './business-days.ts';

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
