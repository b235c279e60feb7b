/** What the Web UI shows of a day's run, as Markdown: the outcome, the run before it, and where to find all of them. */
import { workflowPath } from './links.ts';
import type { DayOutcome } from './messages.ts';

const LONGEST_ERROR = 300;

/** The verdict and its figures. */
export function describeOutcome(outcome: DayOutcome): string {
  const { sentence, state, expectedPoints, presentPoints, quarantinedPoints, revision, lookAgainInMs } =
    outcome;
  const rows = [
    ['state', state],
    ['points', `${presentPoints} of ${expectedPoints}`],
    ['held back', `${quarantinedPoints}`],
    ['revision', `${revision}`],
  ];
  const waiting = lookAgainInMs === null ? '' : `\n\nLooks again in ${Math.round(lookAgainInMs / 1000)} s.`;
  return `${sentence}\n\n| | |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}${waiting}`;
}

/** A link to the run before, and the command that lists all runs of the day. The Web UI resolves paths against itself. */
export function describeRunBefore({ runBefore, dataset, day }: DayOutcome, namespace: string): string {
  const all = `All runs of this day: \`tidemark explain ${dataset} --day ${day}\``;
  if (!runBefore) return `\n\n${all}`;
  const { workflowId, runId, trigger, startedAt, outcome, error } = runBefore;
  const link = `[${startedAt}](${workflowPath(namespace, workflowId, runId)})`;
  const why = error === null ? '' : `: ${shorten(error)}`;
  return `\n\nThe run before: ${link}, asked for by ${trigger}, ${outcome ?? 'without an outcome'}${why}\n\n${all}`;
}

function shorten(error: string): string {
  return error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR)}…` : error;
}
