/** Activity `planMessages`: once a minute, what is to be told now, by receiver; also ends what is over by the clock alone. */
import { transaction } from '../../db/connection/client.ts';
import { endProgress } from '../../db/queries/days/end-progress.ts';
import { dropOldSteps } from '../../db/queries/operation/steps.ts';
import type { PlannedMessages } from '../../domain/workflow/messages.ts';
import { byReceiver, planMessages } from '../../notify/tell.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { pollIntervals } from './poll-intervals.ts';

/** Longer than any worker stands still and goes on. */
const KEEP_STEPS_DAYS = 30;

export function createPlanMessages({
  database,
  catalog,
  clock,
  outside,
  retryRules,
}: Dependencies): (input: object) => Promise<PlannedMessages> {
  const sources = { intervals: pollIntervals(catalog), outside };
  return temporalActivity(async () => {
    await transaction(database, (sql) => endProgress(sql, clock.now()));
    await dropOldSteps(database, KEEP_STEPS_DAYS);
    return byReceiver(await planMessages(database, sources));
  }, retryRules);
}
