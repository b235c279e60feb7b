/**
 * Names that cross boundaries: task queue, workflow and schedule ids. All ids are built here. People type these ids into the Temporal Web
 * UI, so they are a public contract.
 */
import type { CivilDay } from '../time/civil-day.ts';

/** The task queue of workflows, and of steps that need nothing but our own database. */
export const TASK_QUEUE = 'tidemark';

/** The task queue of steps that take long and may wait: files, rebuilds, erasure, maintenance. */
export const BULK_QUEUE = 'tidemark:bulk';

/** The task queue of messages to receivers, which may not answer. */
export const RECEIVERS_QUEUE = 'tidemark:receivers';

/** The task queue of requests to the source of a dataset: `tidemark:source:<source>`. */
export function sourceQueue(dataset: string): string {
  return `tidemark:source:${dataset.split('.')[0]}`;
}

/** The id of the one workflow that may write a delivery day: `day:<dataset>:<YYYY-MM-DD>`. */
export function dayWorkflowId(dataset: string, day: CivilDay): string {
  return `day:${dataset}:${day}`;
}

/** Dataset and day of such an id, or only the dataset if just the beginning matches; empty for any other text. */
export function aboutWorkflow(workflowId: string): { dataset?: string; day?: CivilDay } {
  const [, kind, dataset, rest = ''] = /^([a-z]+):([a-z0-9-]+\.[a-z0-9-]+)(?::(.*))?$/.exec(workflowId) ?? [];
  if (dataset === undefined) return {};
  const [, day] = /^(\d{4}-\d\d-\d\d)(?::|$)/.exec(rest) ?? [];
  return (kind === 'day' || kind === 'decide') && day ? { dataset, day } : { dataset };
}

/** The id of a backfill: `backfill:<dataset>:<from>..<to>`. */
export function backfillWorkflowId(dataset: string, from: CivilDay, to: CivilDay): string {
  return `backfill:${dataset}:${from}..${to}`;
}

/** The dataset of such an id; undefined for any other text. */
export function datasetOfBackfillId(workflowId: string): string | undefined {
  return /^backfill:([^:]+):\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/.exec(workflowId)?.[1];
}

/** The id of a rebuild: `rebuild:<dataset>:<from>..<to>`. */
export function rebuildWorkflowId(dataset: string, from: CivilDay, to: CivilDay): string {
  return `rebuild:${dataset}:${from}..${to}`;
}

/** The id of a decision: `decide:<dataset>:<day>:<unique>`. People may decide several things about a day at once. */
export function decisionWorkflowId(dataset: string, day: CivilDay, unique: string): string {
  return `decide:${dataset}:${day}:${unique}`;
}

/** The id of the load of a file: `load:<dataset>:<name>:<digest>`; the digest distinguishes files of the same name. */
export function loadWorkflowId(dataset: string, name: string, digest: string): string {
  return `load:${dataset}:${name}:${digest}`;
}

/** The id of the schedule that maintains a dataset's storage: `maintenance:<dataset>`. */
export function maintenanceScheduleId(dataset: string): string {
  return `maintenance:${dataset}`;
}

/** The id of the schedule that polls for files of a dataset: `files:<dataset>`. */
export function filesScheduleId(dataset: string): string {
  return `files:${dataset}`;
}

/** The id of the schedule that polls a dataset: `poll:<dataset>`. */
export function pollScheduleId(dataset: string): string {
  return `poll:${dataset}`;
}

/** The id of the one workflow that drains the inbox of a dataset: `drain:<dataset>`. */
export function drainWorkflowId(dataset: string): string {
  return `drain:${dataset}`;
}

/** The id of the erasure of a person: `erase:<dataset>:<number>`; the number is that of `ops.erasure`. */
export function erasureWorkflowId(dataset: string, erasure: number): string {
  return `erase:${dataset}:${erasure}`;
}

/** The id of the schedule that tells receivers of notifications, and of its workflow. */
export const NOTIFY_SCHEDULE = 'notify';

// Paths of the Temporal Web UI, the same on every server.

/** The page of one run of a workflow, from the root of the Web UI. */
export function workflowPath(namespace: string, workflowId: string, runId?: string): string {
  const run = runId ? `/${runId}` : '';
  return `/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}${run}`;
}

// Search attributes of workflows, all Keyword. `migrate` registers them; the Web UI filters by them.

export const SEARCH_ATTRIBUTES = {
  dataset: { name: 'Dataset', type: 'KEYWORD' },
  deliveryDay: { name: 'DeliveryDay', type: 'KEYWORD' },
  dayState: { name: 'DayState', type: 'KEYWORD' },
  backfillId: { name: 'BackfillId', type: 'KEYWORD' },
} as const;

type Name = keyof typeof SEARCH_ATTRIBUTES;

/** The pairs that Temporal expects; undefined values are left out. */
export function searchAttributes(values: Partial<Record<Name, string | undefined>>) {
  return (Object.keys(SEARCH_ATTRIBUTES) as Name[]).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ key: SEARCH_ATTRIBUTES[name], value }];
  });
}
