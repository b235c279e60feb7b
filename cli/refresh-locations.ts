/** After a change of locations, requests the data of their areas at once, for the periods around today. */
import { enabledIds } from '../db/queries/catalog/enabling.ts';
import { isOfLocations } from '../domain/dataset/dataset.ts';
import type { PulledRecords } from '../domain/dataset/records.ts';
import { periodsAround } from '../domain/days/refresh.ts';
import { startRefresh } from '../temporal/refreshes.ts';
import type { CliContext } from './context.ts';
import { messageOf } from './error-message.ts';

/** @returns what was started, or why nothing was: then the schedule requests it at its next tick. */
export async function refreshLocations(context: CliContext): Promise<string> {
  const enabled = await enabledIds(context.database());
  const datasets = context.catalog.all.filter(isOfLocations).filter(({ id }) => enabled.has(id));
  const refreshes = datasets.map((dataset) => refresh(context, dataset));
  return (await Promise.all(refreshes)).join('\n');
}

async function refresh(context: CliContext, dataset: PulledRecords): Promise<string> {
  const periods = periodsAround(dataset, Date.now());
  try {
    const started = await startRefresh(await context.temporal(), dataset.id, periods);
    return `${dataset.title} are requested: ${started.map(({ workflowId }) => workflowId).join(', ')}`;
  } catch (error) {
    return `${dataset.title} will be requested by the schedule: ${messageOf(error)}`;
  }
}
