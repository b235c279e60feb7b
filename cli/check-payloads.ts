/** The check of payloads in `tidemark doctor`: what came and is in no table, because its run was ended in between. */
import { type UnfoldedDay, unfoldedDays } from '../db/queries/payloads/payloads.ts';
import { dayWorkflowId } from '../domain/workflow/ids.ts';
import { isRunning } from '../temporal/backfills.ts';
import type { CliContext } from './context.ts';
import { instant } from './table.ts';

const MOST_DAYS = 20;
const NAMED_DAYS = 5;

/** @throws Error when a payload is stored and not folded, and no run of its day is about to fold it. */
export async function checkPayloads(context: CliContext): Promise<string> {
  const look = () => unfoldedDays(context.database(), { dataset: null, before: null, limit: MOST_DAYS });
  const waiting = await withoutRun(context, await look());
  // A run that ended just now has folded its payload.
  const left = waiting.length === 0 ? [] : (await look()).map(nameOf);
  const unfolded = waiting.filter((day) => left.includes(nameOf(day)));
  const [first] = unfolded;
  if (!first) return 'all that came is folded';
  const named = unfolded.slice(0, NAMED_DAYS).map((day) => `${nameOf(day)} since ${instant(day.since)}`);
  const more = unfolded.length > NAMED_DAYS ? ' and others' : '';
  throw new Error(
    `stored and not folded: ${named.join(', ')}${more}; the next poll of the dataset or run of the day folds it, ` +
      `or "tidemark rebuild ${first.dataset} --day ${first.day}"`,
  );
}

async function withoutRun(context: CliContext, days: readonly UnfoldedDay[]): Promise<UnfoldedDay[]> {
  const found: UnfoldedDay[] = [];
  for (const day of days) {
    const temporal = await context.temporal();
    if (!(await isRunning(temporal, dayWorkflowId(day.dataset, day.day)))) found.push(day);
  }
  return found;
}

const nameOf = ({ dataset, day }: UnfoldedDay) => `${dataset} ${day}`;
