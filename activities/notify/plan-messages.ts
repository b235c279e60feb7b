/** Activity `planMessages`: once a minute, what is to be told now, by receiver. */
import { transaction } from '../../db/connection/client.ts';
import { endProgress } from '../../db/queries/days/end-progress.ts';
import type { PlannedMessages } from '../../domain/workflow/messages.ts';
import { byReceiver, planMessages } from '../../notify/tell.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { pollIntervals } from './poll-intervals.ts';

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
    return byReceiver(await planMessages(database, sources));
  }, retryRules);
}
