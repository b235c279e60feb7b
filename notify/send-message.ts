/** One attempt to send one message, recorded before and after. A kill between sending and recording repeats it with the same key. */
import type { Database } from '../db/connection/client.ts';
import { eventsById } from '../db/queries/notify/events.ts';
import { beginAttempt, noteFailure, noteSent } from '../db/queries/notify/messages.ts';
import { addressOf, listSubscriptions } from '../db/queries/notify/subscriptions.ts';
import type { Sender } from './sender.ts';

export type SendOutcome = 'sent' | 'nothing to send';

/**
 * Sends a message unless it was sent already, or its subscription is paused or removed.
 * @throws Failure RECEIVER_UNREACHABLE, RECEIVER_ERROR, RECEIVER_REFUSED; the message waits, with the reason beside it.
 */
export async function sendMessage(database: Database, sender: Sender, id: number): Promise<SendOutcome> {
  const message = await beginAttempt(database, id);
  if (!message) return 'nothing to send';
  const subscription = (await listSubscriptions(database)).find((each) => each.id === message.subscription);
  const address = await addressOf(database, message.subscription);
  if (!subscription || !address) return 'nothing to send';
  const events = await eventsById(database, message.events);
  const { channel } = subscription;
  const letter = { channel, key: message.key, events, isDigest: message.lane === 'digest' };
  try {
    await sender.send(letter, address);
  } catch (error) {
    await noteFailure(database, id, error instanceof Error ? error.message : String(error), false);
    throw error;
  }
  await noteSent(database, id);
  return 'sent';
}
