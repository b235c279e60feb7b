/** The range of delivery days of a query, with defaults for omitted ends. */
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import { lastDayWithPoints } from '../../db/queries/days/ledger.ts';
import { type Dataset, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { pollingRange } from '../../domain/days/polling.ts';
import { addDays, type CivilDay, daysFrom } from '../../domain/time/civil-day.ts';
import { newestDueDay, today } from '../../domain/time/delivery-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { wrongField } from '../http/problem.ts';
import { day, refuseOddYear } from '../schemas.ts';

/** Parts of a query. */
export const dayRange = {
  from: day.optional().describe('first delivery day'),
  to: day
    .optional()
    .describe(
      'last delivery day; default: the last that can be published by now; of files and records: the last with data',
    ),
};

/**
 * Both ends are inclusive.
 * @param days length of the range where `from` is omitted, clipped to the dataset's first day.
 * @throws Problem 422
 */
export async function readDayRange(
  deps: ApiDependencies,
  dataset: Dataset,
  query: { readonly from?: CivilDay | undefined; readonly to?: CivilDay | undefined },
  { days, most }: { readonly days: number; readonly most: number },
): Promise<{ readonly from: CivilDay; readonly to: CivilDay }> {
  if (query.from !== undefined) refuseOddYear('from', query.from);
  if (query.to !== undefined) refuseOddYear('to', query.to);
  const to = query.to ?? (await latestDay(deps, dataset));
  const back = addDays(to, 1 - days);
  const first = back < dataset.firstDay && dataset.firstDay <= to ? dataset.firstDay : back;
  const from = query.from ?? first;
  if (from > to) throw wrongField('to', to, `it is before "from" (${from}); swap them`, 422);
  if (daysFrom(from, to) >= most) throw wrongField('to', to, `a range has at most ${most} days here`, 422);
  return { from, to };
}

/** The default end of a range. */
async function latestDay(deps: ApiDependencies, dataset: Dataset): Promise<CivilDay> {
  if (isPulledPoints(dataset)) return pollingRange(dataset, deps.now().getTime()).to;
  return await lastLoadedDay(deps, dataset);
}

/** The newest day whose deadline has passed; for files the last day with points. */
export async function newestDay(deps: ApiDependencies, dataset: PointDataset): Promise<CivilDay> {
  if (!isPulledPoints(dataset)) return await lastLoadedDay(deps, dataset);
  const now = deps.now();
  const holidays = await holidaysAround(deps.database, dataset, today(dataset, now.getTime()), now);
  return newestDueDay(dataset, now.getTime(), holidays);
}

async function lastLoadedDay({ database, now }: ApiDependencies, dataset: Dataset): Promise<CivilDay> {
  return (await lastDayWithPoints(database, dataset.id)) ?? today(dataset, now().getTime());
}
