/** Activity `sendMessage`: one attempt to send one message to its receiver. */
import type { SendMessageInput } from '../../domain/workflow/messages.ts';
import { Sender } from '../../notify/sender.ts';
import { type SendOutcome, sendMessage } from '../../notify/tell.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createSendMessage({
  database,
  receivers,
  retryRules,
}: Dependencies): (input: SendMessageInput) => Promise<SendOutcome> {
  const sender = new Sender(receivers ?? { allowPrivate: false });
  return temporalActivity(async ({ message }) => await sendMessage(database, sender, message), retryRules);
}
