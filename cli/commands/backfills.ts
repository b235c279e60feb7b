/** `tidemark backfills`: plans and outcomes, of all backfills or day by day of one. */
import type { Command } from 'commander';
import {
  daysOfBackfill,
  listBackfills,
  type StoredBackfill,
  type StoredDay,
} from '../../db/queries/operation/backfills.ts';
import { runningOf, statusOf } from '../../temporal/backfills.ts';
import type { CliContext, Run } from '../context.ts';
import { instant, table } from '../table.ts';

export function backfillsCommand(command: Command, run: Run): void {
  command
    .argument('[backfill]', 'id of a backfill: its last run, day by day')
    .option('--json', 'print JSON')
    .action((backfill: string | undefined, options: { json?: true }) =>
      run(options.json, (context) => backfills(context, backfill)),
    );
}

const SHOWN = 20;

/** @param one id of a backfill, for its days; left out: all backfills. */
function backfills(context: CliContext, one: string | undefined): Promise<number> {
  return one ? show(context, one) : list(context);
}

async function list(context: CliContext): Promise<number> {
  const stored = await listBackfills(context.database(), { limit: SHOWN });
  const running = await runningOf(await context.temporal(), stored);
  const listed = stored.map((backfill) => ({ ...backfill, status: statusOf(backfill, running) }));
  const link = ({ workflowId, runId }: StoredBackfill) => context.link(workflowId, runId);
  context.print(
    listed.map((backfill) => ({ ...backfill, link: link(backfill) })),
    () =>
      table(
        ['planned at', 'backfill', 'days', 'done', 'requests', 'rows planned', 'rows written', 'summary'],
        listed.map((is) => [
          ...[instant(is.plannedAt), is.workflowId, is.plannedDays, is.doneDays, is.requests, is.rows],
          ...[is.rowsWritten ?? '-', is.summary ?? is.status],
        ]),
      ),
  );
  return 0;
}

async function show(context: CliContext, workflowId: string): Promise<number> {
  const [backfill] = await listBackfills(context.database(), { workflowId, limit: 1 });
  if (!backfill) throw new Error(`no backfill "${workflowId}" is known; "npx tidemark backfills" lists them`);
  const days = await daysOfBackfill(context.database(), backfill.id);
  const link = context.link(backfill.workflowId, backfill.runId);
  context.print({ ...backfill, link, days }, () => [describe(backfill, link), daysTable(days)].join('\n\n'));
  return 0;
}

function describe(
  { workflowId, plannedAt, finishedAt, summary, ...is }: StoredBackfill,
  link: string,
): string {
  return [
    `${workflowId}: ${link}`,
    `  planned   ${instant(plannedAt)}: ${is.plannedDays} days, ${is.requests} requests, ${is.rows} rows`,
    `  came to   ${instant(finishedAt)}: ${is.doneDays} days, ${is.rowsWritten ?? '-'} rows`,
    `  summary   ${summary ?? 'none yet'}`,
  ].join('\n');
}

function daysTable(days: readonly StoredDay[]): string {
  return table(
    ['day', 'was', 'planned', 'because', 'came to', 'note'],
    days.map(({ day, state, action, reason, outcome, note }) => [
      ...[day, state ?? '-', action, reason, outcome ?? '-', note ?? ''],
    ]),
  );
}
