/** One phase of a kill run: publish, let everybody ask while things are killed, and wait until every day is heard. */

import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { backfillWorkflowId, TASK_QUEUE } from '../../domain/workflow/ids.ts';
import type { Simulator } from '../../simulator/server.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { runDay } from '../../temporal/days.ts';
import { startRebuild } from '../../temporal/rebuilds.ts';
import type { Disturbance, Phase, Plan } from './plan.ts';
import { queryOnce, type System } from './system.ts';
import { until } from './until.ts';

export const DATASET = 'jao-core.max-exchanges';

/** Anomalies of the phase before end; revisions stay. */
export function publish({ faults }: Simulator, { publication }: Phase): void {
  faults.clear();
  for (const fault of publication) faults.add(fault);
}

/** Asks for every day again and again until all kills are done, then until every day was heard in this phase. */
export async function runPhase(
  system: System,
  plan: Plan,
  index: number,
  note: (line: string) => void,
): Promise<void> {
  const phase = plan.phases[index];
  if (!phase) throw new Error(`there is no phase ${index}`);
  publish(system.simulator, phase);
  await letTimePass(system.databaseUrl);
  const startedAt = new Date();
  let [begun, disturbed] = [0, false];
  const count = (kind: string) => {
    begun += 1;
    note(kind);
  };
  const disturbances = disturbAll(system, phase.disturbances, count).finally(() => {
    disturbed = true;
  });
  const askUntilUndisturbed = async () => {
    do {
      const already = begun;
      await askForAll(system, plan);
      // Asking without being disturbed would use up the quota and prove nothing.
      await until('the next kill', async () => disturbed || begun > already);
    } while (!disturbed);
  };
  await Promise.all([
    disturbances,
    askUntilUndisturbed(),
    ...pollTwice(system, index),
    ...rerun(system, phase),
    rebuild(system, plan),
  ]);
  await quiet(system);
  // A day that was given up on the way is asked for again, as polling would do it.
  while ((await daysUnchecked(system, plan, startedAt)) > 0) {
    await askForAll(system, plan);
    await quiet(system);
  }
}

async function disturbAll(
  system: System,
  disturbances: readonly Disturbance[],
  note: (line: string) => void,
): Promise<void> {
  const running: Promise<void>[] = [];
  for (const disturbance of disturbances) {
    await delay(disturbance.afterMs);
    note(disturbance.kind);
    running.push(system.disturb(disturbance));
  }
  await Promise.all(running);
}

/** Makes the recorded past four days older, so that polling finds days due again. Nothing runs meanwhile. */
async function letTimePass(url: string): Promise<void> {
  await queryOnce(
    url,
    `begin;
     set local session_replication_role = replica; -- no work of the triggers that look for writers
     update ops.run set started_at = started_at - interval '4 days', finished_at = finished_at - interval '4 days';
     update ops.delivery_day set last_checked_at = last_checked_at - interval '4 days';
     commit`,
  );
}

/** Asks for every day, whatever is known of it, and waits for the end of that. */
export async function askForAll({ temporal }: Pick<System, 'temporal'>, { from, to }: Plan): Promise<void> {
  const { runId } = await until('a backfill is started', () =>
    startBackfill(temporal, { dataset: DATASET, from, to, days: 'all' }),
  );
  const handle = temporal.client.workflow.getHandle(backfillWorkflowId(DATASET, from, to), runId);
  const status = await until('the backfill has ended', async () => {
    const { name } = (await handle.describe()).status;
    return name === 'RUNNING' ? undefined : name;
  });
  if (status !== 'COMPLETED') throw new Error(`a backfill ended as ${status}`);
}

/** Two polls at once, as two schedules by mistake would make them. */
function pollTwice({ temporal }: System, index: number): Promise<unknown>[] {
  return [1, 2].map((n) =>
    until('a poll is started', () => {
      const options = {
        taskQueue: TASK_QUEUE,
        workflowId: `poll-${index}-${n}`,
        args: [{ dataset: DATASET }],
      };
      return unlessStarted(() => temporal.client.workflow.start('pollDataset', options));
    }),
  );
}

function rerun({ temporal }: System, { reruns }: Phase): Promise<unknown>[] {
  return reruns.map((day) =>
    until('a day is asked for by a person', () => runDay(temporal, { dataset: DATASET, day, wait: true })),
  );
}

/** Folds every day again from what is stored while others write: the result must not show it. */
function rebuild({ temporal }: System, { from, to }: Plan): Promise<unknown> {
  return until('a rebuild is started', () =>
    unlessStarted(() => startRebuild(temporal, { dataset: DATASET, from, to })),
  );
}

/** Starts something; that it runs already says that the answer to an earlier try was lost. */
async function unlessStarted(start: () => Promise<unknown>): Promise<unknown> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
    throw error;
  }
}

/** Nothing runs in Temporal but what runs always: the drain of an inbox. */
export async function quiet({ temporal }: Pick<System, 'temporal'>): Promise<void> {
  await until('nothing runs any more', async () => {
    const { count } = await temporal.client.workflow.count(
      `ExecutionStatus = 'Running' and WorkflowType != 'drainInbox'`,
    );
    return count === 0;
  });
}

async function daysUnchecked({ databaseUrl }: System, { from, to }: Plan, since: Date): Promise<number> {
  const [row] = await queryOnce<{ days: number }>(
    databaseUrl,
    `select (date '${to}' - date '${from}') + 1 - count(*)::int as days from ops.delivery_day
     where dataset = '${DATASET}' and day between '${from}' and '${to}' and last_checked_at >= '${since.toISOString()}' and error is null`,
  );
  return row?.days ?? Number.NaN;
}
