/** Activity `planBackfill`: refuses a range that cannot be, and lists the days to do in the order asked for. */

import { ledgerRange } from '../db/queries/ledger.ts';
import { assertBackfillRange } from '../domain/backfill-range.ts';
import { eachDay } from '../domain/civil-day.ts';
import { toRanges } from '../domain/day-ranges.ts';
import type { BackfillInput, BackfillPlan } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createPlanBackfill(
  dependencies: Dependencies,
): (input: BackfillInput) => Promise<BackfillPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    assertBackfillRange(dataset, input, clock.now().getTime());
    const rows = await ledgerRange(database, dataset.id, input.from, input.to);
    const done = new Set(
      input.days === 'all' ? [] : rows.filter(({ state }) => state === 'complete').map(({ day }) => day),
    );
    const days = eachDay(input.from, input.to).filter((day) => !done.has(day));
    return { days: input.order === 'oldest' ? days : days.reverse(), complete: toRanges(done) };
  });
}
