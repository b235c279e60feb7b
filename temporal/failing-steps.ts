/** Steps of running workflows that have failed and will be retried: what is held up, and why. */
import type { Temporal } from './connection.ts';

export interface FailingStep {
  readonly workflowId: string;
  readonly activity: string;
  /** How often the step has failed so far. */
  readonly failures: number;
  /** The last failure's sentence. */
  readonly reason: string;
}

/** `APPLICATION_ERROR_CATEGORY_BENIGN` of Temporal's API: an attempt that ended only to wait for its turn. */
const BENIGN = 1;

/** Enough to find the cause: when the database is away, every run fails alike. */
const MOST_RUNS = 50;

export async function failingSteps({ client }: Temporal): Promise<FailingStep[]> {
  const steps: FailingStep[] = [];
  let seen = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    steps.push(...(await failedStepsOf(client, workflowId, runId)));
    seen += 1;
    if (seen === MOST_RUNS) break;
  }
  return steps;
}

async function failedStepsOf(
  client: Temporal['client'],
  workflowId: string,
  runId: string,
): Promise<FailingStep[]> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) =>
    lastFailure && lastFailure.applicationFailureInfo?.category !== BENIGN
      ? [
          {
            workflowId,
            activity: activityType?.name ?? 'unknown',
            failures: Math.max(1, (attempt ?? 1) - 1),
            reason: lastFailure.message ?? 'no reason given',
          },
        ]
      : [],
  );
}
