/** Activity `tellMessage`: sends one message to its receiver; retried by the class of its failure. */

import type { TellInput } from '../../domain/workflow/messages.ts';
import { Sender } from '../../notify/sender.ts';
import { type Told, tellMessage } from '../../notify/tell.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createTellMessage({
  database,
  receivers,
  retryRules,
}: Dependencies): (input: TellInput) => Promise<Told> {
  const sender = new Sender(receivers ?? { allowPrivate: false });
  return temporalActivity(async ({ message }) => await tellMessage(database, sender, message), retryRules);
}
