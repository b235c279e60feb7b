/**
 * `drainInbox`: one run per dataset, `drain:<dataset>`, for as long as there are workers: shift after shift of the activity that moves
 * lines from the inbox into records. A shift is a minute, a run SHIFTS_PER_RUN of them, fewer when another version of the workers becomes
 * current; then it continues as new. A failed shift is noted in the details, and the next one starts.
 */
import { isCancellation, setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { readDrainInboxInput } from '../domain/workflow/input.ts';
import type { DrainInboxInput } from '../domain/workflow/messages.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import { orFailWorkflow, reasonOf } from './failure.ts';
import { inbox } from './proxies.ts';
import { continueUpgraded, isOutdated } from './upgrade.ts';

const SHIFTS_PER_RUN = 500;
const AFTER_FAILURE = '5s';

export async function drainInbox(input: DrainInboxInput): Promise<void> {
  const { dataset } = orFailWorkflow(() => readDrainInboxInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  let lines = 0;
  let quarantined = 0;
  for (let shift = 0; shift < SHIFTS_PER_RUN && (shift === 0 || !isOutdated()); shift += 1) {
    try {
      const done = await inbox.drainInbox.executeWithOptions({ summary: 'a shift' }, [{ dataset }]);
      lines += done.lines;
      quarantined += done.quarantined;
      setCurrentDetails(`${lines} lines folded, ${quarantined} quarantined, in ${shift + 1} shifts`);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { code, message } = reasonOf(error);
      setCurrentDetails(`the last shift failed (${code}: ${message}); what was sent is safe in ops.inbox`);
      await sleep(AFTER_FAILURE);
    }
  }
  await continueUpgraded<typeof drainInbox>({ dataset });
}
