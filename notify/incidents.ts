/** The one reading of what needs a person now: page, API, metrics, probes and messages use it. */
import type { Sql } from '../db/connection/client.ts';
import { lastPolls, type OpenRun, openRuns, storedIncidents } from '../db/queries/notify/incidents.ts';
import type { Cause, Incident } from '../domain/notify/incident.ts';

/** What is read from Temporal. Each throws where it does not answer. */
export interface Outside {
  /** Whether a person has paused the polling of a dataset. */
  isPaused(dataset: string): Promise<boolean>;
  /** How a run stands: `RUNNING`, `TERMINATED`; `UNKNOWN` beyond Temporal's retention. */
  statusOf(workflowId: string): Promise<string>;
  /** Why a running backfill has paused itself; null otherwise, also when a person paused it. */
  selfPauseOf(workflowId: string): Promise<string | null>;
}

/** How often each dataset should be polled, by id, seconds. */
export type PollIntervals = ReadonlyMap<string, number>;

export interface IncidentSources {
  readonly intervals: PollIntervals;
  readonly outside?: Outside | undefined;
}

export interface Incidents {
  readonly incidents: readonly Incident[];
  /** Causes that could not be checked, because Temporal or a worker does not answer. */
  readonly unknown: readonly Cause[];
}

const MISSED_TICKS = 3;
const MOST_RUNS = 50;

export async function currentIncidents(
  sql: Sql,
  { intervals, outside }: IncidentSources,
): Promise<Incidents> {
  const stored = { incidents: await storedIncidents(sql), unknown: [] };
  const asked = outside
    ? await Promise.all([checkPolling(sql, intervals, outside), checkRuns(sql, outside)])
    : [{ incidents: [], unknown: ['polling_stale', 'load_stopped', 'backfill_stopped'] as const }];
  const all: Incidents[] = [stored, ...asked];
  return {
    incidents: all.flatMap(({ incidents }) => incidents),
    unknown: all.flatMap(({ unknown }) => unknown),
  };
}

/** Datasets that are not polled though nobody has paused them. */
export async function checkPolling(
  sql: Sql,
  intervals: PollIntervals,
  { isPaused }: Pick<Outside, 'isPaused'>,
): Promise<Incidents> {
  const cause = 'polling_stale';
  const incidents: Incident[] = [];
  for (const { dataset, secondsAgo, polledAt } of await lastPolls(sql)) {
    const every = intervals.get(dataset);
    if (every === undefined || secondsAgo <= MISSED_TICKS * every) continue;
    try {
      if (await isPaused(dataset)) continue;
    } catch {
      return { incidents: [], unknown: [cause] };
    }
    const since = `not polled since ${polledAt.toISOString()}, though it should be every ${every / 60} minutes`;
    incidents.push({ cause, dataset, subject: '', days: [], detail: `${dataset}: ${since}` });
  }
  return { incidents, unknown: [] };
}

/** Loads and backfills that will not continue by themselves. */
export async function checkRuns(sql: Sql, outside: Outside): Promise<Incidents> {
  const runs = await openRuns(sql, MOST_RUNS);
  const reasons = await Promise.all(
    runs.map(async (run) => await whyStopped(run, outside).catch(() => undefined)),
  );
  const unknown = runs.filter((_, at) => reasons[at] === undefined).map(({ cause }) => cause);
  const incidents = runs.flatMap(({ cause, dataset, workflowId }, at): Incident[] =>
    reasons[at]
      ? [{ cause, dataset, subject: workflowId, days: [], detail: `${workflowId} ${reasons[at]}` }]
      : [],
  );
  return { incidents, unknown: [...new Set(unknown)] };
}

async function whyStopped(
  { cause, workflowId, stopped }: OpenRun,
  { statusOf, selfPauseOf }: Outside,
): Promise<string | null> {
  if (stopped !== null) return `did not come to its end: ${stopped}`;
  const status = await statusOf(workflowId);
  if (status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW')
    return `did not come to its end: it ended as ${status.toLowerCase()}`;
  const paused = cause === 'backfill_stopped' ? await selfPauseOf(workflowId) : null;
  return paused === null ? null : `has paused itself: ${paused}`;
}
