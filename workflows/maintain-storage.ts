/** `maintainStorage`: started each day by the schedule `maintenance:<dataset>`; see the activity of the same name. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readMaintainStorageInput } from '../domain/workflow/input.ts';
import type { MaintenanceOutcome, PollDatasetInput } from '../domain/workflow/messages.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { upkeep } from './proxies.ts';

export async function maintainStorage(input: PollDatasetInput): Promise<MaintenanceOutcome> {
  const { dataset } = orFailWorkflow(() => readMaintainStorageInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  const outcome = await orFailWith(
    upkeep.maintainStorage.executeWithOptions({ summary: 'what is older than the dataset keeps' }, [
      { dataset },
    ]),
  );
  setCurrentDetails(outcome.summary);
  return outcome;
}
