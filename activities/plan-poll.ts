/** Activity `planPoll`: which delivery days of a dataset are due to be asked for, newest first. */

import { askedDays } from '../db/queries/ledger.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import { dueDays, pollingRange } from '../domain/polling.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createPlanPoll(
  dependencies: Dependencies,
): (input: { dataset: string }) => Promise<CivilDay[]> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    const nowMs = clock.now().getTime();
    const { from, to } = pollingRange(dataset, nowMs);
    const rows = await askedDays(database, dataset.id, from, to);
    const known = rows.map(({ day, state, lastAskedAt }) => ({
      day,
      state,
      lastAskedMs: lastAskedAt?.getTime() ?? null,
    }));
    return dueDays(dataset, known, nowMs);
  });
}
