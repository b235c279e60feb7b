/**
 * `pollDataset`: one tick of the schedule `poll:<dataset>`: starts a run for every day that is due and ends. The runs continue on their
 * own, so a tick never waits for a publication. Bounded by the polling horizon: at most some 60 children.
 */
import { ParentClosePolicy, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readPollDatasetInput } from '../domain/workflow/input.ts';
import type { PollDatasetInput, PollOutcome } from '../domain/workflow/messages.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import { startDay } from './day-child.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { storage } from './proxies.ts';

export async function pollDataset(input: PollDatasetInput): Promise<PollOutcome> {
  const { dataset } = orFailWorkflow(() => readPollDatasetInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  const due = await orFailWith(
    storage.planPoll.executeWithOptions({ summary: 'which days are due' }, [{ dataset }]),
  );
  const started = await Promise.all(due.map((day) => startIfFree(dataset, day)));
  const outcome = outcomeOf(dataset, due, started);
  setCurrentDetails(outcome.summary);
  return outcome;
}

async function startIfFree(dataset: string, day: CivilDay): Promise<boolean> {
  const child = await startDay(
    { dataset, day, trigger: 'schedule' },
    { urgency: URGENCY.due, parentClosePolicy: ParentClosePolicy.ABANDON },
  );
  return child !== undefined;
}

function outcomeOf(dataset: string, due: readonly CivilDay[], started: readonly boolean[]): PollOutcome {
  const [fresh, running] = [due.filter((_, i) => started[i]), due.filter((_, i) => !started[i])];
  const parts = [
    fresh.length > 0 ? `requested ${fresh.join(', ')}` : '',
    running.length > 0 ? `${running.join(', ')} in progress already` : '',
  ].filter((part) => part !== '');
  return { dataset, started: fresh, running, summary: parts.join('; ') || 'nothing is due' };
}
