/** What `tidemark quarantine` does. */
import { type FindingsQuestion, findingsById, findingsPage } from '../../db/queries/days/quarantine.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/workflow/messages.ts';
import { decide } from '../../temporal/decisions.ts';
import { readCount, readDay } from '../arguments.ts';
import type { DecideOptions, ListOptions } from '../commands/quarantine.ts';
import type { CliContext } from '../context.ts';
import { describeFinding } from '../describe-finding.ts';
import { operator } from '../operator.ts';
import { UsageError } from '../usage-error.ts';

/** @param pageSize how many are shown to people when they say nothing. */
export async function list(
  context: CliContext,
  id: string,
  options: ListOptions,
  pageSize: number,
): Promise<number> {
  const question = questionOf(context.catalog.find(id).id, options);
  const limit = limitOf(context, options, pageSize);
  await context.noteSimulated(id);
  const found = await findingsPage(context.database(), { ...question, limit: limit && limit + 1 });
  const page = found.slice(0, limit ?? found.length);
  context.print(page, () => page.map(describeFinding).join('\n') || 'nothing is quarantined');
  const last = page.at(-1);
  // With --json too: a truncated list must not be taken for the whole.
  if (page.length < found.length && last)
    context.warn(`only the ${page.length} newest are shown; the next ones: --before ${last.id}`);
  const isOpen = { severities: ['block'], resolution: 'open', limit: 1 } as const;
  const open = await findingsPage(context.database(), { ...question, ...isOpen });
  return open.length > 0 ? 1 : 0;
}

/** @throws UsageError */
function questionOf(dataset: string, options: ListOptions): Omit<FindingsQuestion, 'limit'> {
  const { day, from = day, to = day, rule = null, before } = options;
  if (day !== undefined && (options.from !== undefined || options.to !== undefined))
    throw new UsageError('write either --day, or --from and --to');
  if (from !== undefined && to !== undefined && readDay('--from', from) > readDay('--to', to))
    throw new UsageError(`--from (${from}) is after --to (${to}); swap them`);
  return {
    ...{ datasets: [dataset], rule, severities: options.warnings ? null : ['block'] },
    ...{ from: from ? readDay('--from', from) : null, to: to ? readDay('--to', to) : null },
    ...{ resolution: options.settled ? null : 'open', before: before ? readId('--before', before) : null },
  };
}

/** No limit with --json: programs want everything. */
function limitOf({ json }: CliContext, { limit }: ListOptions, pageSize: number): number | null {
  if (limit !== undefined) return readCount('--limit', limit);
  return json ? null : pageSize;
}

export async function settle(
  context: CliContext,
  id: string,
  decision: 'release' | 'waive',
  options: DecideOptions,
): Promise<number> {
  const { id: dataset } = context.catalog.find(id);
  const { reason } = options;
  const by = operator(options.by);
  const temporal = await context.temporal();
  const outcomes: DayOutcome[] = [];
  for (const which of await whichOf(context, dataset, options)) {
    outcomes.push(await decide(temporal, { dataset, decision, by, reason, ...which }));
  }
  context.print(outcomes, () => outcomes.map(({ summary }) => summary).join('\n'));
  return 0;
}

type Which = Pick<DecideDayInput, 'day' | 'findings' | 'rule'>;

/** One entry per day. @throws UsageError */
async function whichOf(
  context: CliContext,
  dataset: string,
  { finding, day, rule }: DecideOptions,
): Promise<Which[]> {
  if (finding && day === undefined && rule === undefined) {
    return await byDay(
      context,
      dataset,
      finding.map((text) => readId('--finding', text)),
    );
  }
  if (!finding && day !== undefined && rule !== undefined) return [{ day: readDay('--day', day), rule }];
  throw new UsageError(
    'say which findings: either --finding 12 (one or more), or --day 2026-11-20 --rule range',
  );
}

async function byDay(context: CliContext, dataset: string, ids: readonly number[]): Promise<Which[]> {
  const found = await findingsById(context.database(), ids);
  const days = new Map<CivilDay, number[]>();
  for (const id of ids) {
    const one = found.find((each) => each.id === id && each.dataset === dataset);
    if (!one)
      throw new UsageError(
        `--finding is ${id}: ${dataset} has no such finding; "quarantine list" shows them`,
      );
    days.set(one.day, [...(days.get(one.day) ?? []), id]);
  }
  return [...days].map(([day, findings]) => ({ day, findings }));
}

function readId(option: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is "${text}": write the number that "quarantine list" shows`);
}
