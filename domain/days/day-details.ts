/** What the Web UI shows of a day's run, as Markdown: the outcome, what to do next, and where to find the other runs. */
import { workflowPath } from '../workflow/ids.ts';
import { paragraph, quoted, table } from '../workflow/markdown.ts';
import type { Attempt, DayOutcome } from '../workflow/messages.ts';
import { nextStepOfDay } from './next-steps.ts';

/** Before anything is known. */
export function describeAttempt({ dataset, day, trigger }: Attempt): string {
  return `Asks for **${day}** of \`${dataset}\`; asked for by ${trigger}.`;
}

/** The summary, its figures and what to do next. @param isWaiting the run stays and polls again. */
export function describeOutcome(outcome: DayOutcome, isWaiting = false): string {
  const { dataset, day, state, summary, pollAgainInMs } = outcome;
  const again =
    isWaiting && pollAgainInMs !== null
      ? `Polls again in ${describeWait(pollAgainInMs)}, or at once when it gets the Signal \`checkNow\`.`
      : '';
  return [
    `**${summary}**`,
    ...figuresOf(outcome),
    ...paragraph(again),
    ...next(nextStepOfDay(dataset, day, state)),
  ].join('\n');
}

/** Why a run was given up; with the day's figures once they are known. */
export function describeGivenUp(
  { dataset, day }: Pick<Attempt, 'dataset' | 'day'>,
  reason: { readonly code: string; readonly message: string },
  outcome?: DayOutcome,
): string {
  return [
    `**${day} was given up** (${reason.code}): ${quoted(reason.message)}`,
    ...(outcome ? figuresOf(outcome) : []),
    ...next(nextStepOfDay(dataset, day, outcome?.state ?? 'failed', true)),
  ].join('\n');
}

/** A link to the previous run, and the command that lists all runs of the day. The Web UI resolves paths against itself. */
export function describeRunBefore({ runBefore, dataset, day }: DayOutcome, namespace: string): string {
  const all = `All runs of this day: \`npx tidemark explain ${dataset} --day ${day}\``;
  if (!runBefore) return `\n\n${all}`;
  const { workflowId, runId, trigger, startedAt, outcome, error } = runBefore;
  const link = `[${startedAt.slice(0, 19)}Z](${workflowPath(namespace, workflowId, runId)})`;
  const why = error === null ? '' : `: ${quoted(error)}`;
  return `\n\nThe run before: ${link}, requested by ${trigger}, ${outcome ?? 'without an outcome'}${why}\n\n${all}`;
}

function figuresOf({
  state,
  presentPoints,
  expectedPoints,
  quarantinedPoints,
  revision,
}: DayOutcome): string[] {
  return table(
    ['state', 'points', 'quarantined', 'revision'],
    [[state, `${presentPoints} of ${expectedPoints}`, `${quarantinedPoints}`, `${revision}`]],
  );
}

function next(step: string): string[] {
  return ['', `**What to do next**: ${step}`];
}

function describeWait(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}
