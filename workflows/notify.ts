/**
 * `notify`: sends the messages of one lane of a subscription, one after the other, `notify:<subscription>:<lane>`. A message that its
 * receiver does not accept is retried for a day, and everything behind it in its lane waits, so that a day's events arrive in order. After
 * that it becomes a dead letter.
 */
import { isCancellation, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { readNotifyInput } from '../domain/workflow/input.ts';
import type { NotifyInput } from '../domain/workflow/messages.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import { orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import { receivers, storage } from './proxies.ts';
import { continueUpgraded } from './upgrade.ts';

const ROUNDS_PER_RUN = 20;

export async function notify(input: NotifyInput): Promise<string> {
  const lane = orFailWorkflow(() => readNotifyInput(input));
  if (lane.lane.includes('.')) upsertSearchAttributes(searchAttributes({ dataset: lane.lane }));
  let sent = 0;
  let dead = 0;
  for (let round = 0; round < ROUNDS_PER_RUN; round += 1) {
    const messages = await orFailWith(storage.planMessages(lane));
    if (messages.length === 0) return summary();
    for (const message of messages) {
      if (await send(message)) sent += 1;
      else dead += 1;
      setCurrentDetails(summary());
    }
  }
  return await continueUpgraded<typeof notify>(lane);

  function summary(): string {
    return `${sent} messages sent, ${dead} dead letters`;
  }
}

/** @returns false when it was given up. */
async function send(message: number): Promise<boolean> {
  try {
    await receivers.sendMessage.executeWithOptions({ summary: `message ${message}` }, [{ message }]);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message: reason } = reasonOf(error);
    await orFailWith(storage.giveUpMessage({ message, reason: `${code}: ${reason}` }));
    return false;
  }
}
