/** Activity `planBackfill`: refuses a range that cannot be, and lists the days to do in the order asked for. */

import { ledgerRange } from '../db/queries/ledger.ts';
import { daysFrom, eachDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { toRanges } from '../domain/day-ranges.ts';
import { Failure } from '../domain/failures.ts';
import type { BackfillInput, BackfillPlan } from '../domain/messages.ts';
import { pollingRange } from '../domain/polling.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createPlanBackfill(
  dependencies: Dependencies,
): (input: BackfillInput) => Promise<BackfillPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    assertRange(dataset, input, clock.now().getTime());
    const rows = await ledgerRange(database, dataset.id, input.from, input.to);
    const done = new Set(
      input.days === 'all' ? [] : rows.filter(({ state }) => state === 'complete').map(({ day }) => day),
    );
    const days = eachDay(input.from, input.to).filter((day) => !done.has(day));
    return { days: input.order === 'oldest' ? days : days.reverse(), complete: toRanges(done) };
  });
}

/** @throws Failure OUT_OF_RANGE */
function assertRange(dataset: DatasetDefinition, { from, to }: BackfillInput, nowMs: number): void {
  const last = pollingRange(dataset, nowMs).to;
  const faults = [
    daysFrom(dataset.firstDay, from) < 0
      ? `"from" is ${from}, but ${dataset.id} begins on ${dataset.firstDay}; choose ${dataset.firstDay} or later`
      : '',
    daysFrom(last, to) > 0
      ? `"to" is ${to}, but nothing is published beyond ${last} yet; choose ${last} or earlier`
      : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Failure('OUT_OF_RANGE', `backfill: ${faults.join('; ')}`);
}
