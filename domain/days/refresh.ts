/** Which periods of a dataset of records are kept up to date, and which of them are due. Pure; instants are milliseconds. */

import type { PeriodPull } from '../dataset/pull.ts';
import type { RecordDataset } from '../dataset/records.ts';
import { addDays, type CivilDay, dayAt, eachDay } from '../time/civil-day.ts';

type Periodic = Pick<RecordDataset, 'source' | 'period' | 'firstDay'>;

/** The period of a day, named by its first day. */
export function periodOf({ period }: Pick<Periodic, 'period'>, day: CivilDay): CivilDay {
  return period === 'year' ? firstOfYear(Number(day.slice(0, 4))) : day;
}

/** A year as a period. */
export function firstOfYear(year: number): CivilDay {
  return `${String(year).padStart(4, '0')}-01-01`;
}

/** Periods that the schedule covers at an instant, ascending. */
export function periodsAround(
  dataset: Periodic & { readonly pull: Pick<PeriodPull, 'back' | 'ahead'> },
  nowMs: number,
): CivilDay[] {
  const { pull, firstDay, source } = dataset;
  const today = dayAt(nowMs, source.timeZone);
  return periodsBetween(dataset, today, -pull.back, pull.ahead).filter((each) => each >= firstDay);
}

function periodsBetween({ period }: Periodic, today: CivilDay, from: number, to: number): CivilDay[] {
  if (period === 'day') return eachDay(addDays(today, from), addDays(today, to));
  const year = Number(today.slice(0, 4));
  return Array.from({ length: to - from + 1 }, (_, i) => firstOfYear(year + from + i));
}

/** A period that has been requested. */
export interface RequestedPeriod {
  readonly day: CivilDay;
  /** When the source was last requested, successfully or not; null when never. */
  readonly lastRequestedMs: number | null;
}

/**
 * Periods that are due, next first: never requested, requested too long ago, or before the request changed.
 * @param changedMs when the content of the request last changed.
 */
export function duePeriods(
  dataset: Periodic & { readonly pull: PeriodPull },
  requested: readonly RequestedPeriod[],
  nowMs: number,
  changedMs = 0,
): CivilDay[] {
  const last = new Map(requested.map(({ day, lastRequestedMs }) => [day, lastRequestedMs ?? 0]));
  const staleMs = nowMs - dataset.pull.everyMinutes * 60_000;
  return periodsAround(dataset, nowMs).filter((day) => {
    const requestedMs = last.get(day) ?? 0;
    return requestedMs <= staleMs || requestedMs < changedMs;
  });
}
