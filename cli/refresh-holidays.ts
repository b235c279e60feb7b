/** After a change of locations: the holidays of the years that people plan with are asked for at once. */

import { isPulledRecords } from '../domain/dataset/dataset.ts';
import { periodsAround } from '../domain/days/refresh.ts';
import { HOLIDAYS_DATASET } from '../domain/time/business-days.ts';
import { startRefresh } from '../temporal/refreshes.ts';
import type { CliContext } from './context.ts';
import { sentenceOf } from './sentence.ts';

/** @returns what was started, or why nothing was: then the schedule does it at its next tick. */
export async function refreshHolidays(context: CliContext): Promise<string> {
  const dataset = context.catalog.find(HOLIDAYS_DATASET);
  if (!isPulledRecords(dataset)) return '';
  try {
    const started = await startRefresh(
      await context.temporal(),
      dataset.id,
      periodsAround(dataset, Date.now()),
    );
    return `Its holidays are asked for: ${started.map(({ workflowId }) => workflowId).join(', ')}`;
  } catch (error) {
    return `Its holidays will be asked for by the schedule: ${sentenceOf(error)}`;
  }
}
