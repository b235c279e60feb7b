/**
 * What a dataset's schedule should be, and in which fields the one at Temporal differs. Both are first rendered in the same
 * words, so that exactly what is compared is also shown to people.
 */
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { type ScheduledDataset, tickMinutes } from '../domain/dataset/dataset.ts';
import { pollScheduleId, SEARCH_ATTRIBUTES, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { pollDataset } from '../workflows/poll-dataset.ts';

/** One field of a schedule that is not as the dataset's definition says. */
export interface Difference {
  readonly field: string;
  readonly is: string;
  readonly shouldBe: string;
}

const POLL_WORKFLOW = 'pollDataset' satisfies (typeof pollDataset)['name'];
const NONE = 'none';

/** How often a dataset's schedule ticks, milliseconds. */
export function tickMs(dataset: ScheduledDataset): number {
  return tickMinutes(dataset) * 60_000;
}

/** Spec, policies and action of a dataset's schedule, as the client takes them. */
export function definitionOf(dataset: ScheduledDataset) {
  const everyMs = tickMs(dataset);
  return {
    spec: { intervals: [{ every: everyMs }] },
    // After an outage one tick is enough: it finds everything that has become due.
    policies: { overlap: 'SKIP', catchupWindow: everyMs, pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: POLL_WORKFLOW,
      workflowId: pollScheduleId(dataset.id),
      taskQueue: TASK_QUEUE,
      args: [{ dataset: dataset.id }],
      typedSearchAttributes: searchAttributes({ dataset: dataset.id }),
      staticSummary: summaryOf(dataset),
    },
  } satisfies Partial<ScheduleOptions>;
}

/** Where a schedule is not as its dataset says; empty when all is as it should be. */
export function differencesOf(dataset: ScheduledDataset, schedule: ScheduleDescription): Difference[] {
  const present = presentFields(schedule);
  return Object.entries(wantedFields(dataset)).flatMap(([field, shouldBe]) => {
    const is = present[field] ?? NONE;
    return is === shouldBe ? [] : [{ field, is, shouldBe }];
  });
}

type Fields = Readonly<Record<string, string>>;

function wantedFields(dataset: ScheduledDataset): Fields {
  const { policies, action } = definitionOf(dataset);
  return {
    interval: duration(tickMs(dataset)),
    'other times': NONE,
    'overlap policy': policies.overlap,
    'catch-up window': duration(policies.catchupWindow),
    'pause on failure': 'no',
    'limit of polls': NONE,
    'workflow type': action.workflowType,
    'workflow id': action.workflowId,
    'task queue': action.taskQueue,
    input: JSON.stringify(action.args),
    'search attributes': `${SEARCH_ATTRIBUTES.dataset.name} = ${dataset.id}`,
    summary: action.staticSummary,
    'time limits and retries': NONE,
  };
}

function presentFields({ spec, policies, action, state }: ScheduleDescription): Fields {
  const { workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout, retry } = action;
  return {
    interval: listed((spec.intervals ?? []).map(({ every, offset }) => duration(every, offset))),
    'other times': otherTimes(spec),
    'overlap policy': policies.overlap ?? NONE,
    'catch-up window': duration(policies.catchupWindow),
    'pause on failure': policies.pauseOnFailure ? 'yes' : 'no',
    'limit of polls': state.remainingActions === undefined ? NONE : `${state.remainingActions} left`,
    'workflow type': action.workflowType,
    'workflow id': action.workflowId ?? NONE,
    'task queue': action.taskQueue,
    input: JSON.stringify(action.args ?? []),
    'search attributes': attributesOf(action),
    summary: action.staticSummary ?? NONE,
    'time limits and retries': stated({
      workflowExecutionTimeout,
      workflowRunTimeout,
      workflowTaskTimeout,
      retry,
    }),
  };
}

/** Everything except intervals that can make a schedule tick or keep it from ticking. */
function otherTimes({ calendars, skip, startAt, endAt, jitter }: ScheduleDescription['spec']): string {
  return stated({
    calendars: calendars?.length || undefined,
    skip: skip?.length || undefined,
    startAt,
    endAt,
    jitter: jitter || undefined,
  });
}

function attributesOf({ typedSearchAttributes: given = [] }: ScheduleDescription['action']): string {
  const pairs = Array.isArray(given) ? given : given.getAll();
  return listed(pairs.map(({ key, value }) => `${key.name} = ${value}`));
}

function stated(facts: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  return listed(given.map(([name, value]) => `${name} ${JSON.stringify(value)}`));
}

function listed(parts: readonly string[]): string {
  return parts.join(', ') || NONE;
}

/** `5 minutes`, `90 seconds`; with an offset `5 minutes (offset 30 seconds)`. */
function duration(ms: number, offsetMs = 0): string {
  const text = ms % 60_000 === 0 ? `${ms / 60_000} minutes` : `${ms / 1_000} seconds`;
  return offsetMs ? `${text} (offset ${duration(offsetMs)})` : text;
}

function summaryOf({ title }: ScheduledDataset): string {
  return `what is due in ${title}`;
}
