/** The workflows with one step too many: replaying a recorded history with them must fail. */
import { sleep } from '@temporalio/workflow';
import * as real from '../../workflows/index.ts';

export const pollDataset = real.pollDataset;

export async function ingestDay(input: Parameters<typeof real.ingestDay>[0]) {
  await sleep(1);
  return await real.ingestDay(input);
}

export async function backfill(...input: Parameters<typeof real.backfill>) {
  await sleep(1);
  return await real.backfill(...input);
}
