/**
 * Activity `joinDay`: another run is working on the day, so wait for it instead of doing it twice, and take its outcome from the ledger. An
 * attempt only looks: nothing is occupied between two of them. A run that only waits for publication is not waited for.
 */
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import { readLedger } from '../../db/queries/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { dayWorkflowId } from '../../domain/workflow/ids.ts';
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { emptyLedgerRow } from '../fold/empty-ledger-row.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { outcomeOf } from '../this-run.ts';
import { comeAgain } from '../wait-in-activity.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

export function createJoinDay({
  catalog,
  database,
}: Dependencies): (input: { dataset: string; day: CivilDay }) => Promise<DayOutcome> {
  return temporalActivity(async ({ dataset, day }) => {
    const running = await isRunning(dayWorkflowId(dataset, day));
    const row = await readLedger(database, dataset, day);
    if (running && row?.state !== 'awaiting')
      throw comeAgain(delayMs(), `${day} is in progress in another run.`);
    return { ...outcomeOf(row ?? emptyLedgerRow(catalog.series(dataset), day)), joined: true };
  });
}

/** A fifth of how long it has been waiting. */
function delayMs(): number {
  const waitedMs = Date.now() - Context.current().info.scheduledTimestampMs;
  return Math.min(Math.max(FIRST_DELAY_MS, waitedMs / 5), LONGEST_DELAY_MS);
}

async function isRunning(workflowId: string): Promise<boolean> {
  try {
    const { status } = await Context.current().client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
