/** A backfill as the Web UI shows it: how far it is, what is wrong, what a person did and should do. */
import type { BackfillProgress, PlanSummary } from '../../domain/backfill/backfill.ts';
import { fromRanges, toRanges } from '../../domain/time/day-ranges.ts';
import { list, paragraph, quoted, table } from '../../domain/workflow/markdown.ts';

const RANGES_SHOWN = 10;
const ERRORS_SHOWN = 10;

/** What is shown besides the progress. */
export interface BackfillFacts {
  readonly plan: PlanSummary | undefined;
  /** What people did. */
  readonly log: readonly string[];
  readonly workflowId: string;
  /** It has ended, with or without days left. */
  readonly isOver: boolean;
}

/** Markdown. */
export function describeBackfill(
  progress: BackfillProgress,
  { plan, log, workflowId, isOver }: BackfillFacts,
): string {
  const { done, total, running, summary } = progress;
  return [
    isOver ? `**${summary}**` : `**${done} of ${total} days done**, ${running.length} in progress`,
    ...(isOver ? [] : whileRunning(progress, workflowId)),
    ...outcomesOf(progress),
    ...planOf(plan, progress),
    ...list('Why days failed', errorsOf(progress)),
    ...list('Taken out', takenOut(progress)),
    ...list('What people did', log),
    ...nextOf(progress, isOver),
  ].join('\n');
}

/** Shown until it has ended: pause, throughput, the days in progress. */
function whileRunning(progress: BackfillProgress, workflowId: string): string[] {
  const { paused, running } = progress;
  const goOn = `Go on with the Update \`resume\`, or \`npx tidemark steer ${workflowId} --resume\`.`;
  return [
    ...paragraph(paused === null ? '' : `**Paused**: ${paused}. ${goOn}`),
    ...paragraph(throughputOf(progress)),
    ...paragraph(running.length === 0 ? '' : `In progress: ${shorten(toRanges(running))}`),
  ];
}

function throughputOf({ daysPerMinute, minutesLeft, concurrency, order }: BackfillProgress): string {
  const rate = daysPerMinute === null ? [] : [`${daysPerMinute} days a minute`];
  const left = minutesLeft === null ? [] : [`about ${minutesLeft} minutes left`];
  return [...rate, ...left, `${concurrency} at once`, `${order} first`].join(', ');
}

function outcomesOf({ outcomes }: BackfillProgress): string[] {
  const rows = Object.entries(outcomes).map(
    ([state, ranges]) => [state, `${fromRanges(ranges).length}`, shorten(ranges)] as const,
  );
  return table(['state', 'days', 'which'], rows);
}

function planOf(plan: PlanSummary | undefined, { rows }: BackfillProgress): string[] {
  if (!plan) return [];
  const lines = Object.entries(plan.actions).flatMap(([action, reasons]) =>
    Object.entries(reasons).map(
      ([reason, ranges]) => [action, reason, `${fromRanges(ranges).length}`, shorten(ranges)] as const,
    ),
  );
  const cost = `Planned: ${plan.requests} requests, ${plan.minutes} minutes at the source's quota, ${plan.rows} rows. Written so far: ${rows} rows.`;
  return [...table(['planned', 'because', 'days', 'which'], lines), ...paragraph(cost)];
}

function errorsOf({ errors }: BackfillProgress): string[] {
  return Object.entries(errors)
    .slice(0, ERRORS_SHOWN)
    .map(([day, error]) => `${day}: ${quoted(error)}`);
}

function takenOut({ skipped }: BackfillProgress): string[] {
  return Object.entries(skipped).map(([range, reason]) => `${range}: ${reason}`);
}

function nextOf({ next }: BackfillProgress, isOver: boolean): string[] {
  if (!isOver) return list('What to do when it has ended', next);
  return list('What to do next', next.length > 0 ? next : ['nothing: no day in it needs a person']);
}

function shorten(ranges: readonly string[]): string {
  const more = ranges.length > RANGES_SHOWN ? `, and ${ranges.length - RANGES_SHOWN} more` : '';
  return ranges.slice(0, RANGES_SHOWN).join(', ') + more;
}
