/** Checks of the system: each names the kinds of trouble it covers, so that incidents it no longer observes are closed. */

import type { Sql } from '../db/connection/client.ts';
import { CLOCK_TOLERANCE_MS } from '../db/connection/database-clock.ts';
import { settledAheadSeconds } from '../db/queries/answers/changes.ts';
import { deliveries } from '../db/queries/notify/messages.ts';
import {
  dueErasures,
  lastPolls,
  type OpenRun,
  openRuns,
  waitingInboxes,
  workerSeenSeconds,
} from '../db/queries/notify/observations.ts';
import { runningProcesses } from '../db/queries/operation/processes.ts';
import type { EventKind } from '../domain/notify/event.ts';
import type { Observation } from '../domain/notify/observe.ts';
import { describeAhead } from '../domain/time/clock-words.ts';

/** What checks read from Temporal; those that need it are left out where it does not answer. */
export interface Outside {
  /** Whether a person has paused the polling of a dataset. */
  isPaused(dataset: string): Promise<boolean>;
  /** How a run stands: `RUNNING`, `TERMINATED`; `UNKNOWN` beyond Temporal's retention. */
  statusOf(workflowId: string, runId: string): Promise<string>;
  /** Why a running backfill has paused itself; null otherwise, also when a person paused it. */
  selfPauseOf(workflowId: string): Promise<string | null>;
}

/** How often each dataset should be polled, by id, seconds. */
export type PollIntervals = ReadonlyMap<string, number>;

export interface CheckResult {
  readonly kinds: readonly EventKind[];
  readonly observed: readonly Observation[];
}

const NO_WORKER_SECONDS = 180;
const MISSED_TICKS = 3;
const FEED_LAG_SECONDS = 120;
const INBOX_LAG_SECONDS = 300;
const ERASURE_HOURS = 24;
const UNDELIVERED_MS = 3_600_000;
const MOST_RUNS = 50;

/** Every check. */
export async function checkAll(
  sql: Sql,
  intervals: PollIntervals,
  outside: Outside | undefined,
): Promise<CheckResult> {
  const checks = [
    checkWorkers(sql),
    checkClocks(sql),
    checkFeed(sql),
    checkInboxes(sql),
    checkErasures(sql),
    checkDeliveries(sql),
    ...(outside ? [checkPolling(sql, intervals, outside), checkRuns(sql, outside)] : []),
  ];
  const results = await Promise.all(checks);
  return {
    kinds: results.flatMap(({ kinds }) => kinds),
    observed: results.flatMap(({ observed }) => observed),
  };
}

/** Reports nothing for a system that never had a worker. */
export async function checkWorkers(sql: Sql): Promise<CheckResult> {
  const seconds = await workerSeenSeconds(sql);
  const isAway = seconds !== null && seconds > NO_WORKER_SECONDS;
  const message = `no worker has been seen for ${Math.round((seconds ?? 0) / 60)} minutes`;
  return {
    kinds: ['no_worker'],
    observed: isAway ? [{ kind: 'no_worker', dataset: null, subject: '', summary: message }] : [],
  };
}

async function checkInboxes(sql: Sql): Promise<CheckResult> {
  const observed = (await waitingInboxes(sql, INBOX_LAG_SECONDS)).map(({ dataset, seconds }) => ({
    ...{ kind: 'inbox_lag' as const, dataset, subject: '' },
    summary: `${dataset}: lines that were sent wait for ${seconds} s`,
  }));
  return { kinds: ['inbox_lag'], observed };
}

async function checkErasures(sql: Sql): Promise<CheckResult> {
  const observed = (await dueErasures(sql, ERASURE_HOURS)).map(({ id, dataset, at }) => ({
    ...{ kind: 'erasure_due' as const, dataset, subject: `erasure ${id}` },
    summary: `${dataset}: erasure ${id}, requested at ${at.toISOString()}, has not come to its end`,
  }));
  return { kinds: ['erasure_due'], observed };
}

async function checkClocks(sql: Sql): Promise<CheckResult> {
  const off = (await runningProcesses(sql)).filter(
    ({ clockAheadSeconds }) => Math.abs(clockAheadSeconds) * 1_000 > CLOCK_TOLERANCE_MS,
  );
  const observed = off.map(({ kind, host, clockAheadSeconds }) => ({
    ...{ kind: 'clock_off' as const, dataset: null, subject: `${kind} on ${host}` },
    summary: `the clock of ${kind} on ${host} is ${describeAhead(clockAheadSeconds * 1_000)}`,
  }));
  return { kinds: ['clock_off'], observed: unique(observed) };
}

async function checkFeed(sql: Sql): Promise<CheckResult> {
  const behind = -(await settledAheadSeconds(sql));
  const message = `what is answered as of now is ${Math.round(behind)} s old`;
  return {
    kinds: ['feed_lag'],
    observed:
      behind > FEED_LAG_SECONDS ? [{ kind: 'feed_lag', dataset: null, subject: '', summary: message }] : [],
  };
}

async function checkDeliveries(sql: Sql): Promise<CheckResult> {
  const late = (since: Date | null) => since !== null && Date.now() - since.getTime() > UNDELIVERED_MS;
  const failing = (await deliveries(sql)).filter(({ dead, waitingSince }) => dead > 0 || late(waitingSince));
  const observed = failing.map(({ subscription, dead, pending }) => ({
    ...{ kind: 'undelivered' as const, dataset: null, subject: subscription },
    summary: `${subscription} does not get what it should: ${dead} dead letters, ${pending} messages wait`,
  }));
  return { kinds: ['undelivered'], observed };
}

export async function checkPolling(
  sql: Sql,
  intervals: PollIntervals,
  { isPaused }: Pick<Outside, 'isPaused'>,
): Promise<CheckResult> {
  const observed: Observation[] = [];
  for (const { dataset, secondsAgo, polledAt } of await lastPolls(sql)) {
    const every = intervals.get(dataset);
    if (every === undefined || secondsAgo <= MISSED_TICKS * every || (await isPaused(dataset))) continue;
    const message = `${dataset}: not polled since ${polledAt.toISOString()}, though it should be every ${every / 60} minutes`;
    observed.push({ kind: 'polling_stale', dataset, subject: '', summary: message });
  }
  return { kinds: ['polling_stale'], observed };
}

/** Loads and backfills that will not continue by themselves. */
export async function checkRuns(sql: Sql, outside: Outside): Promise<CheckResult> {
  const kinds = new Set<EventKind>(['load_stopped', 'backfill_stopped']);
  const observed: Observation[] = [];
  for (const run of await openRuns(sql, MOST_RUNS)) {
    const { kind, dataset, workflowId } = run;
    try {
      const why = await whyStopped(run, outside);
      if (why !== null)
        observed.push({ kind, dataset, subject: workflowId, summary: `${workflowId} ${why}` });
    } catch {
      // Unknown does not mean over: open incidents of this kind stay open.
      kinds.delete(kind);
    }
  }
  return { kinds: [...kinds], observed: unique(observed.filter(({ kind }) => kinds.has(kind))) };
}

async function whyStopped(
  { kind, workflowId, runId, stopped }: OpenRun,
  { statusOf, selfPauseOf }: Outside,
): Promise<string | null> {
  if (stopped !== null) return `did not come to its end: ${stopped}`;
  const status = await statusOf(workflowId, runId);
  if (status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW')
    return `did not come to its end: it ended as ${status.toLowerCase()}`;
  const paused = kind === 'backfill_stopped' ? await selfPauseOf(workflowId) : null;
  return paused === null ? null : `has paused itself: ${paused}`;
}

/** Two processes of a machine, or two runs of a range, make one event. */
function unique<T extends Observation>(observed: readonly T[]): T[] {
  return [
    ...new Map(observed.map((each) => [`${each.kind} ${each.dataset} ${each.subject}`, each])).values(),
  ];
}
