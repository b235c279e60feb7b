/** Days that wait for the database, as an operator sees them; and an administrator's own way to the database. */
import pg from 'pg';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type FailingStep, failingSteps } from '../../temporal/failing-steps.ts';
import { tidemark } from './command.ts';
import type { TestEnvironment } from './test-environment.ts';

/** One statement in a session of its own. */
export async function administer<T>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}

/** The step of a day's run that has failed at least so often. */
export async function heldUp(
  testEnv: TestEnvironment,
  workflowId: string,
  times = 3,
): Promise<FailingStep | undefined> {
  const steps = await failingSteps(testEnv.temporal);
  return steps.find((step) => step.workflowId === workflowId && step.failures >= times);
}

/** What `tidemark doctor` says. */
export async function doctor(testEnv: TestEnvironment): Promise<string> {
  const settings = {
    DATABASE_URL: testEnv.databaseUrl,
    TEMPORAL_ADDRESS: testEnv.temporalAddress,
    JAO_BASE_URL: testEnv.simulator.url,
  };
  const { stdout, stderr } = await tidemark(settings, 'doctor');
  return stdout + stderr;
}

/** What the ledger says of a day. */
export const ledgerOf = (testEnv: TestEnvironment, day: CivilDay) =>
  testEnv.rows('select state, present_points, error from ops.delivery_day where day = $1', [day]);
