/** A backfill as the Web UI shows it: how far it is, what is wrong, what a person did and should do. */
import type { BackfillProgress, PlanSummary } from '../domain/backfill.ts';
import { fromRanges } from '../domain/day-ranges.ts';

const RANGES_SHOWN = 10;
const ERRORS_SHOWN = 10;

/** Markdown. @param log what people did. */
export function describeBackfill(
  progress: BackfillProgress,
  plan: PlanSummary | undefined,
  log: readonly string[],
): string {
  const { done, total, running, verdict } = progress;
  const isOver = done === total && running.length === 0;
  return [
    isOver ? `**${verdict}**` : `**${done} of ${total} days done**, ${running.length} in progress`,
    ...(progress.paused === null ? [] : ['', `**Paused**: ${progress.paused}. Go on with \`resume\`.`]),
    ...section(paceOf(progress, isOver)),
    ...outcomesOf(progress),
    ...planOf(plan, progress),
    ...list(
      'Why days failed',
      Object.entries(progress.errors)
        .slice(0, ERRORS_SHOWN)
        .map(([day, error]) => `${day}: ${error}`),
    ),
    ...list(
      'Taken out',
      Object.entries(progress.skipped).map(([range, reason]) => `${range}: ${reason}`),
    ),
    ...list('What people did', log),
    ...list(isOver ? 'What to do next' : 'What to do when it has ended', progress.next),
  ].join('\n');
}

function paceOf(
  { daysPerMinute, minutesLeft, concurrency, order }: BackfillProgress,
  isOver: boolean,
): string {
  if (isOver) return '';
  const rate = daysPerMinute === null ? [] : [`${daysPerMinute} days a minute`];
  const left = minutesLeft === null ? [] : [`about ${minutesLeft} minutes left`];
  return [...rate, ...left, `${concurrency} at once`, `${order} first`].join(', ');
}

function outcomesOf({ outcomes }: BackfillProgress): string[] {
  const rows = Object.entries(outcomes).map(
    ([state, ranges]) => [state, countOf(ranges), shorten(ranges)] as const,
  );
  return table(['state', 'days', 'which'], rows);
}

function planOf(plan: PlanSummary | undefined, { rows }: BackfillProgress): string[] {
  if (!plan) return [];
  const lines = Object.entries(plan.actions).flatMap(([action, reasons]) =>
    Object.entries(reasons).map(([reason, ranges]) => [action, reason, shorten(ranges)] as const),
  );
  const cost = `planned: ${plan.requests} requests, ${plan.minutes} minutes at the source's quota, ${plan.rows} rows; written so far: ${rows}`;
  return [...table(['planned', 'because', 'which'], lines), ...section(cost)];
}

function countOf(ranges: readonly string[]): string {
  return `${fromRanges(ranges).length}`;
}

function shorten(ranges: readonly string[]): string {
  const more = ranges.length > RANGES_SHOWN ? `, and ${ranges.length - RANGES_SHOWN} more` : '';
  return ranges.slice(0, RANGES_SHOWN).join(', ') + more;
}

function section(text: string): string[] {
  return text === '' ? [] : ['', text];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `- ${line}`)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['', line(head), line(head.map(() => '---')), ...rows.map(line)];
}
