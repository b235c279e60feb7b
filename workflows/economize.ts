/** `economize`: started each day by the schedule `economy:<dataset>`; see the activity of the same name. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { readEconomizeInput } from '../domain/workflow/input.ts';
import type { EconomyOutcome, PollDatasetInput } from '../domain/workflow/messages.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { storage } from './proxies.ts';

export async function economize(input: PollDatasetInput): Promise<EconomyOutcome> {
  const { dataset } = orFailWorkflow(() => readEconomizeInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  const outcome = await orFailWith(
    storage.economize.executeWithOptions({ summary: 'what is older than the dataset keeps' }, [{ dataset }]),
  );
  setCurrentDetails(outcome.sentence);
  return outcome;
}
