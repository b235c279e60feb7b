/** Runs of days in the terminal: time, trigger, outcome, and a link into the Web UI. */
import type { RunFacts } from '../db/queries/days/runs.ts';
import type { CliContext } from './context.ts';
import { instant } from './table.ts';

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
