/** Activity `planBackfill`: refuses a range that cannot be, and lists the days to do in the order asked for. */

import { ledgerRange } from '../db/queries/ledger.ts';
import { assertBackfillRange } from '../domain/backfill-range.ts';
import { eachDay } from '../domain/civil-day.ts';
import { toRanges } from '../domain/day-ranges.ts';
import type { DayState } from '../domain/ledger.ts';
import type { BackfillInput, BackfillPlan } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

/** What asking again would not better: everything is here, or a person said that nothing will be. */
const LEFT_ALONE: ReadonlySet<DayState> = new Set(['complete', 'absent']);

export function createPlanBackfill(
  dependencies: Dependencies,
): (input: BackfillInput) => Promise<BackfillPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    assertBackfillRange(dataset, input, clock.now().getTime());
    const rows = await ledgerRange(database, dataset.id, input.from, input.to);
    const left = input.days === 'all' ? [] : rows.filter(({ state }) => LEFT_ALONE.has(state));
    const done = new Set(left.map(({ day }) => day));
    const days = eachDay(input.from, input.to).filter((day) => !done.has(day));
    const inState = (wanted: DayState) =>
      toRanges(left.filter(({ state }) => state === wanted).map(({ day }) => day));
    return {
      days: input.order === 'oldest' ? days : days.reverse(),
      complete: inState('complete'),
      absent: inState('absent'),
    };
  });
}
