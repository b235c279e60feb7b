/** Deciding about a delivery day through Temporal. */
import { randomUUID } from 'node:crypto';
import { decisionWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { readDecideDayInput } from '../domain/workflow/input.ts';
import type { DayOutcome, DecideDayInput } from '../domain/workflow/messages.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { decideDay } from '../workflows/decide-day.ts';
import type { Temporal } from './connection.ts';

export interface StartedDecision {
  readonly workflowId: string;
  readonly runId: string;
  /** @throws WorkflowFailedError when the decision is impossible (its cause says why). */
  result(): Promise<DayOutcome>;
}

/**
 * Has a decision stored and folded into its day.
 * @throws Failure BAD_INPUT
 */
export async function startDecision({ client }: Temporal, input: DecideDayInput): Promise<StartedDecision> {
  const request = readDecideDayInput(input);
  const { dataset, day, decision, by } = request;
  const handle = await client.workflow.start<typeof decideDay>('decideDay', {
    args: [request],
    workflowId: decisionWorkflowId(dataset, day, randomUUID().slice(0, 8)),
    taskQueue: TASK_QUEUE,
    typedSearchAttributes: searchAttributes({ dataset, deliveryDay: day }),
    staticSummary: `${day}: ${decision} by ${by}`.slice(0, 200),
    priority: { priorityKey: URGENCY.person },
  });
  return {
    workflowId: handle.workflowId,
    runId: handle.firstExecutionRunId,
    result: () => handle.result(),
  };
}

/** The same, and waits for the resulting state of the day. */
export async function decide(temporal: Temporal, input: DecideDayInput): Promise<DayOutcome> {
  return await (await startDecision(temporal, input)).result();
}
