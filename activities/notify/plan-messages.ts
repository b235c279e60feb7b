/** Activity `planMessages`: once a minute, what is to be told now, by receiver; also ends what is over by the clock alone. */

import type { Catalog } from '../../datasets/catalog.ts';
import { transaction } from '../../db/connection/client.ts';
import { endProgress } from '../../db/queries/days/ledger-days.ts';
import { dropOldSteps } from '../../db/queries/operation/steps.ts';
import { tickMinutes } from '../../domain/dataset/dataset.ts';
import type { PlannedMessages, SendMessageInput } from '../../domain/workflow/messages.ts';
import type { PollIntervals } from '../../notify/incidents.ts';
import { Sender } from '../../notify/sender.ts';
import { byReceiver, planMessages, type SendOutcome, sendMessage } from '../../notify/tell.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

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

// How often each dataset is polled.

/** Seconds between two polls, by dataset. */
function pollIntervals({ scheduled }: Pick<Catalog, 'scheduled'>): PollIntervals {
  return new Map(scheduled.map((dataset) => [dataset.id, tickMinutes(dataset) * 60]));
}

/** Activity `sendMessage`: one attempt to send one message to its receiver. */
export function createSendMessage({
  database,
  receivers,
  retryRules,
}: Dependencies): (input: SendMessageInput) => Promise<SendOutcome> {
  const sender = new Sender(receivers ?? { allowPrivate: false });
  return temporalActivity(async ({ message }) => await sendMessage(database, sender, message), retryRules);
}
