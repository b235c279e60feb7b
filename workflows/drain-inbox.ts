/**
 * `drainInbox`: one run per dataset, `drain:<dataset>`. Whoever has put lines into the inbox wakes it; a shift of the activity then moves
 * them into the tables, until no more come. It also looks once a minute, in case a wake-up was lost. A run continues as new after SHIFTS_PER_RUN shifts,
 * or when another version of the workers becomes current. A failed shift is noted in the details, and the next one starts;
 * a dataset that does not exist, or takes no lines, fails the run.
 */
import {
  ApplicationFailure,
  condition,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readDrainInboxInput } from '../domain/workflow/input.ts';
import type { DrainInboxInput } from '../domain/workflow/messages.ts';
import { isWrongRequest, orFailWorkflow, reasonOf } from './failure.ts';
import { inbox } from './proxies.ts';
import { continueUpgraded, isOutdated } from './upgrade.ts';

/** Lines have been put into the inbox. */
export const arrivedSignal = defineSignal('arrived');

const LOOK_ANYWAY = '1m';
const SHIFTS_PER_RUN = 500;
const AFTER_FAILURE = '5s';

export async function drainInbox(input: DrainInboxInput): Promise<void> {
  const { dataset } = orFailWorkflow(() => readDrainInboxInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  let lines = 0;
  let quarantined = 0;
  // Some may have arrived before it began.
  let arrived = true;
  const wake = () => {
    arrived = true;
  };
  setHandler(arrivedSignal, wake, { description: 'Moves what is in the inbox now; takes no input' });
  for (let shift = 0; shift === 0 || mayGoOn(shift); shift += 1) {
    await condition(() => arrived, LOOK_ANYWAY, { summary: 'nothing has arrived' });
    arrived = false;
    try {
      const done = await inbox.drainInbox.executeWithOptions({ summary: 'a shift' }, [{ dataset }]);
      lines += done.lines;
      quarantined += done.quarantined;
      setCurrentDetails(`${lines} lines folded, ${quarantined} quarantined, in ${shift + 1} shifts`);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { code, message } = reasonOf(error);
      if (isWrongRequest(code)) throw ApplicationFailure.nonRetryable(message, code);
      setCurrentDetails(`the last shift failed (${code}: ${message}); what was sent is safe in ops.inbox`);
      await sleep(AFTER_FAILURE);
    }
  }
  await continueUpgraded<typeof drainInbox>({ dataset });
}

function mayGoOn(shift: number): boolean {
  return shift < SHIFTS_PER_RUN && !isOutdated() && !workflowInfo().continueAsNewSuggested;
}
