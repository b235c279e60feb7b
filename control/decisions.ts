/** Deciding about a delivery day through Temporal. */
import { randomUUID } from 'node:crypto';
import { decisionWorkflowId, TASK_QUEUE } from '../domain/ids.ts';
import { readDecideDayInput } from '../domain/input.ts';
import type { DayOutcome, DecideDayInput } from '../domain/messages.ts';
import { searchAttributes } from '../domain/search-attributes.ts';
import type { decideDay } from '../workflows/decide-day.ts';
import type { Temporal } from './connection.ts';

/**
 * Stores a decision, folds it into the day and returns what became of the day.
 * @throws Failure BAD_INPUT; WorkflowFailedError when the decision cannot be (its cause says why).
 */
export async function decide({ client }: Temporal, input: DecideDayInput): Promise<DayOutcome> {
  const request = readDecideDayInput(input);
  const { dataset, day, decision, by } = request;
  return await client.workflow.execute<typeof decideDay>('decideDay', {
    args: [request],
    workflowId: decisionWorkflowId(dataset, day, randomUUID().slice(0, 8)),
    taskQueue: TASK_QUEUE,
    typedSearchAttributes: searchAttributes({ dataset, deliveryDay: day }),
    staticSummary: `${day}: ${decision} by ${by}`.slice(0, 200),
    priority: { priorityKey: 2 },
  });
}
