/** Findings, runs, backfills and errors in words, as the terminal shows them. */

import { storageMessage } from '../db/connection/failure.ts';
import type { StoredFinding } from '../db/queries/days/quarantine.ts';
import type { RunFacts } from '../db/queries/days/runs.ts';
import type { BackfillProgress, PlannedDay, PlanSummary } from '../domain/backfill/backfill.ts';
import type { CliContext } from './context.ts';
import { instant, table } from './table.ts';

/** Every day of a plan, and its cost. */
export function describePlan(days: readonly PlannedDay[], summary: PlanSummary): string {
  const rows = days.map(({ day, state, action, reason, rows }) => [day, state ?? '-', action, reason, rows]);
  return [table(['day', 'state', 'action', 'because', 'rows'], rows), '', describePlanInShort(summary)].join(
    '\n',
  );
}

/** The number of days per action, and their cost. */
export function describePlanInShort({ days, requests, minutes, rows, actions }: PlanSummary): string {
  const reasons = Object.entries(actions).flatMap(([action, reasons]) =>
    Object.entries(reasons).map(([reason, ranges]) => `  ${action}, ${reason}: ${ranges.join(', ')}`),
  );
  const cost = `${requests} requests, ${minutes} minutes at the source's quota, ${rows} rows to come`;
  return [`${days} days: ${cost}`, ...reasons].join('\n');
}

/** The progress of a running backfill. */
export function describeProgress(progress: BackfillProgress): string {
  const { done, total, running, paused, daysPerMinute, minutesLeft, concurrency, order } = progress;
  const throughput = [
    ...(daysPerMinute === null ? [] : [`${daysPerMinute} days a minute`]),
    ...(minutesLeft === null ? [] : [`about ${minutesLeft} minutes left`]),
    `${concurrency} at once`,
    `${order} first`,
  ];
  return [
    `${done} of ${total} days done, ${running.length} in progress; ${throughput.join(', ')}`,
    ...(paused === null ? [] : [`  paused: ${paused}`]),
    ...outcomesOf(progress),
  ].join('\n');
}

/** The summary, every outcome's days, why days failed, and what to do about it. */
export function describeResult(progress: BackfillProgress): string {
  return [progress.summary, ...outcomesOf(progress)].join('\n');
}

function outcomesOf({ outcomes, errors, skipped, next }: BackfillProgress): string[] {
  const line = ([name, text]: [string, string]) => `  ${name}: ${text}`;
  const reasons = Object.entries(errors).map(line);
  const takenOut = Object.entries(skipped).map(line);
  return [
    ...Object.entries(outcomes).map(([state, ranges]) => `  ${state}: ${ranges.join(', ')}`),
    ...(takenOut.length > 0 ? ['taken out:', ...takenOut] : []),
    ...(reasons.length > 0 ? ['why:', ...reasons] : []),
    ...(next.length > 0 ? ['what to do:', ...next.map((step) => `  ${step}`)] : []),
  ];
}

export function describeFinding(finding: StoredFinding): string {
  const { id, day, rule, severity, series, startsAt, payloadId, place, raw, reason } = finding;
  const where = [series, startsAt ? instant(startsAt) : null].filter((part) => part !== null).join(' at ');
  const value = raw === null ? '' : ` = ${raw.length > 120 ? `${raw.slice(0, 120)}…` : raw}`;
  return [
    `${id}  ${day}  ${severity} ${rule}${where ? `  ${where}` : ''}`,
    `    ${reason}`,
    ...(payloadId === null ? [] : [`    payload ${payloadId}: ${place ?? 'the whole response'}${value}`]),
    ...(finding.resolution === 'open' ? [] : [`    ${describeResolution(finding)}`]),
  ].join('\n');
}

function describeResolution({ resolution, resolvedAt, resolvedBy, resolvedReason }: StoredFinding): string {
  const why = resolvedReason === null ? '' : `: ${resolvedReason}`;
  return `${resolution} ${instant(resolvedAt)} by ${resolvedBy}${why}`;
}

export interface LinkedRun extends RunFacts {
  readonly link: string;
}

export function linked(context: CliContext, run: RunFacts): LinkedRun {
  return { ...run, link: context.link(run.workflowId, run.runId) };
}

/** `failed 2026-11-20 10:31:07Z, asked for by backfill`, then the link, then the error. */
export function describeRun({ outcome, startedAt, trigger, error, link }: LinkedRun): string[] {
  const isCancelled = error?.startsWith('CANCELLED:');
  const what = isCancelled ? 'cancelled' : (outcome ?? 'no outcome: in progress, or ended without a word');
  return [
    `${what}, ${instant(startedAt)}, requested by ${trigger}`,
    link,
    ...(error === null ? [] : [error]),
  ];
}

/** Relation, schema, function, role or database that does not exist: the migrations have not run. */
const NOT_MIGRATED = new Set(['42P01', '3F000', '42883', '42704', '22023']);

/** Temporal's wrappers around a reason; their own messages only say that something failed. */
const WRAPPERS = new Set(['WorkflowFailedError', 'ChildWorkflowFailure', 'ActivityFailure']);

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (WRAPPERS.has(error.name) && error.cause) return messageOf(error.cause);
  const storage = storageMessage(error);
  if (storage !== undefined) return storage;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  const notMigrated = severity !== undefined && typeof code === 'string' && NOT_MIGRATED.has(code);
  return notMigrated ? `${error.message}; run "npm run migrate" if this database is new` : error.message;
}
