/** Growth of each kind that a soak looks for, made on purpose, to see that it would be noticed. */
import type { WorkflowHandle } from '@temporalio/client';
import pg from 'pg';
import type { Temporal } from '../../temporal/connection.ts';
import type { Place } from './days.ts';

/** Lets everything grow that must not. @returns what takes it back. */
export async function plantGrowth(
  { database, temporal }: Place,
  databaseUrl: string,
): Promise<() => Promise<void>> {
  const answers = Buffer.alloc(120e6, 1);
  const listeners = [1, 2, 3].map((n) => () => answers.at(n));
  for (const listener of listeners) process.on('SIGUSR2', listener);
  const lent = await Promise.all([1, 2, 3].map(() => database.connect()));
  const sessions = Array.from({ length: 25 }, () => new pg.Client({ connectionString: databaseUrl }));
  await Promise.all(sessions.map((session) => session.connect()));
  const workflows = await startUnserved(temporal, 6);
  await lengthen(workflows[0], 501);
  return async () => {
    for (const listener of listeners) process.off('SIGUSR2', listener);
    for (const client of lent) client.release();
    await Promise.all(sessions.map((session) => session.end()));
    await Promise.all(workflows.map((workflow) => workflow.terminate()));
  };
}

/** Workflows that never end, because no worker has their task queue. */
function startUnserved({ client }: Temporal, count: number): Promise<WorkflowHandle[]> {
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      client.workflow.start('pollDataset', { taskQueue: 'nobody', workflowId: `unserved-${n}` }),
    ),
  );
}

/** A history that goes on and on: each signal is an event. */
async function lengthen(workflow: WorkflowHandle | undefined, events: number): Promise<void> {
  for (let n = 0; n < events; n++) await workflow?.signal('checkNow');
}
