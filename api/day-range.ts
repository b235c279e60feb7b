/** A range of delivery days as a query names it, with defaults for ends that are left out. */
import { addDays, type CivilDay, daysFrom } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { pollingRange } from '../domain/polling.ts';
import { wrongField } from './problem.ts';
import { day } from './schemas.ts';
import { refuseOddYear } from './years.ts';

/** Parts of a query. */
export const dayRange = {
  from: day.optional().describe('first delivery day'),
  to: day.optional().describe('last delivery day; default: the last that can be published by now'),
};

/**
 * Both ends included.
 * @param days how many the range has where `from` is left out, but none before the dataset's first.
 * @throws Problem 422
 */
export function readDayRange(
  dataset: DatasetDefinition,
  query: { readonly from?: CivilDay | undefined; readonly to?: CivilDay | undefined },
  { days, most, nowMs }: { readonly days: number; readonly most: number; readonly nowMs: number },
): { readonly from: CivilDay; readonly to: CivilDay } {
  if (query.from !== undefined) refuseOddYear('from', query.from);
  if (query.to !== undefined) refuseOddYear('to', query.to);
  const to = query.to ?? pollingRange(dataset, nowMs).to;
  const back = addDays(to, 1 - days);
  const first = back < dataset.firstDay && dataset.firstDay <= to ? dataset.firstDay : back;
  const from = query.from ?? first;
  if (from > to) throw wrongField('to', to, `it is before "from" (${from}); swap them`, 422);
  if (daysFrom(from, to) >= most) throw wrongField('to', to, `a range has at most ${most} days here`, 422);
  return { from, to };
}
