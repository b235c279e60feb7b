/** Plans, progress and summaries of backfills as the terminal shows them. */
import type { BackfillProgress, PlannedDay, PlanSummary } from '../domain/backfill/backfill.ts';
import { table } from './table.ts';

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
