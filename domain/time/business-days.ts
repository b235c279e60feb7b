/** Business days: neither Saturday nor Sunday nor a public holiday. Holidays are an argument: they are data and change. */
import { addDays, type CivilDay } from './civil-day.ts';

export type Holidays = ReadonlySet<CivilDay>;

export const NO_HOLIDAYS: Holidays = new Set();

/** How many days of holidays are needed to find the next business day: no run of free days is longer. */
export const LOOK_AHEAD_DAYS = 31;

export function isBusinessDay(day: CivilDay, holidays: Holidays): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}

/** The day itself when it is a business day, else the next one. */
export function businessDayFrom(day: CivilDay, holidays: Holidays): CivilDay {
  let found = day;
  for (let i = 0; i < LOOK_AHEAD_DAYS && !isBusinessDay(found, holidays); i++) found = addDays(found, 1);
  return found;
}
