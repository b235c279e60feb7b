/**
 * `notify`: one tick of the schedule of the same name: compares what needs a person with what was told, and sends what is due. A message
 * that its receiver does not take is tried again by a later tick.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import { orFailWith } from './failure.ts';
import { receivers, storage } from './proxies.ts';

export async function notify(): Promise<string> {
  let [sent, later] = [0, 0];
  const planned = await orFailWith(storage.planMessages({}));
  await Promise.all(planned.map(tell));
  return summary();

  async function tell(messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      const outcome = await orFailWith(
        receivers.sendMessage.executeWithOptions({ summary: `message ${message}` }, [{ message }]),
      );
      if (outcome === 'later') {
        // What it does not take now it would not take a moment later.
        later += 1;
        return;
      }
      if (outcome === 'sent') sent += 1;
      setCurrentDetails(summary());
    }
  }

  function summary(): string {
    return `${sent} messages sent, ${later} receivers did not take theirs`;
  }
}
