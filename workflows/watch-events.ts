/**
 * `watchEvents`: one tick of the schedule `notify:events`: collects events for a minute, and starts a workflow for each lane with something
 * to send. Lanes continue on their own; one that is running already is left alone.
 */
import { ParentClosePolicy, setCurrentDetails, startChild } from '@temporalio/workflow';
import { notifyWorkflowId } from '../domain/workflow/ids.ts';
import type { NotifyInput } from '../domain/workflow/messages.ts';
import { orFailWith } from './failure.ts';
import type { notify } from './notify.ts';
import { inbox } from './proxies.ts';

const SHIFT_MS = 50_000;
/** A lane that was just started has taken what was due by then. */
const JUST_STARTED_MS = 10_000;
/** Limits the starts in one tick, to keep its history small; the next tick continues. */
const MOST_SHIFTS = 100;

export async function watchEvents(): Promise<string> {
  const beganMs = Date.now();
  let recent: (NotifyInput & { readonly atMs: number })[] = [];
  let summary = '';
  for (let shift = 0; shift < MOST_SHIFTS; shift += 1) {
    const sinceMs = Date.now() - beganMs;
    if (shift > 0 && sinceMs >= SHIFT_MS) break;
    recent = recent.filter(({ atMs }) => Date.now() - atMs < JUST_STARTED_MS);
    const started = recent.map(({ subscription, lane }) => ({ subscription, lane }));
    const seen = await orFailWith(
      inbox.collectEvents.executeWithOptions({ summary: 'notifications' }, [{ started, sinceMs }]),
    );
    summary = seen.summary;
    setCurrentDetails(summary);
    if (seen.lanes.length === 0) break;
    await Promise.all(seen.lanes.map(startLane));
    recent.push(...seen.lanes.map((lane) => ({ ...lane, atMs: Date.now() })));
  }
  return summary;
}

async function startLane(lane: NotifyInput): Promise<void> {
  try {
    await startChild<typeof notify>('notify', {
      args: [lane],
      workflowId: notifyWorkflowId(lane.subscription, lane.lane),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `tells ${lane.subscription} about ${lane.lane}`,
      priority: { priorityKey: 1 },
    });
  } catch (error) {
    // By name: the class lives in a package that workflow code does not import.
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
    throw error;
  }
}
