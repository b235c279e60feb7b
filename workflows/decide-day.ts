/**
 * `decideDay`: what a person decides about a delivery day: release or waive findings, declare it absent or expected. One
 * activity; the decision is kept with who and why, and folded into the day (docs/decisions/0001).
 */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { describeOutcome } from '../domain/days/day-details.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readDecideDayInput } from '../domain/workflow/input.ts';
import type { DayOutcome, DecideDayInput } from '../domain/workflow/messages.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { storage } from './proxies.ts';

export async function decideDay(input: DecideDayInput): Promise<DayOutcome> {
  const request = orFailWorkflow(() => readDecideDayInput(input));
  const { dataset, day, decision, by, reason } = request;
  upsertSearchAttributes(searchAttributes({ dataset, deliveryDay: day }));
  const summary = `${decision} by ${by}`.slice(0, 200);
  const outcome = await orFailWith(storage.decideDay.executeWithOptions({ summary }, [request]));
  upsertSearchAttributes(searchAttributes({ dayState: outcome.state }));
  setCurrentDetails(`**${decision}** by ${by}: ${reason}\n\n${describeOutcome(outcome)}`);
  return outcome;
}
