/** `tidemark quarantine`: lists, releases and waives what is quarantined. */
import type { Command } from 'commander';
import { type FindingsQuestion, findingsById, findingsPage } from '../../db/queries/days/quarantine.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/workflow/messages.ts';
import { decide } from '../../temporal/decisions.ts';
import { operator, readCount, readDay, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { describeFinding } from '../describe.ts';
import { UsageError } from '../usage-error.ts';

interface ListOptions {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rule?: string;
  readonly warnings?: true;
  readonly settled?: true;
  readonly limit?: string;
  readonly before?: string;
  readonly json?: true;
}

interface DecideOptions {
  readonly finding?: readonly string[];
  readonly day?: string;
  readonly rule?: string;
  readonly reason: string;
  readonly by?: string;
  readonly json?: true;
}

const FINDINGS_OF_A_PAGE = 200;

export function quarantineCommand(quarantine: Command, run: Run): void {
  listCommand(quarantine, run);
  decideCommand(quarantine, run, 'release', 'write quarantined values after all, known from now on');
  decideCommand(
    quarantine,
    run,
    'waive',
    'accept findings as they are; a value that is quarantined stays out',
  );
}

function listCommand(quarantine: Command, run: Run): void {
  quarantine
    .command('list')
    .description('open findings that quarantine values or answers, newest first')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'one delivery day, YYYY-MM-DD')
    .option('--from <day>', 'first delivery day (default: the first that has any)')
    .option('--to <day>', 'last delivery day (default: the last that has any)')
    .option('--rule <code>', 'only findings of this rule')
    .option('--warnings', 'also findings that quarantine nothing')
    .option('--settled', 'also those that are released, waived or superseded')
    .option('--limit <n>', `at most so many (default: ${FINDINGS_OF_A_PAGE}; all of them with --json)`)
    .option('--before <id>', 'only findings older than this one: where the page before ended')
    .option('--json', 'print JSON')
    .action((dataset: string, options: ListOptions) =>
      run(options.json, (context) => list(context, dataset, options, FINDINGS_OF_A_PAGE)),
    );
}

function decideCommand(quarantine: Command, run: Run, verb: 'release' | 'waive', description: string): void {
  quarantine
    .command(verb)
    .description(description)
    .argument('<dataset>', 'id of a dataset')
    .option('--finding <id>', 'a finding; may be repeated', repeatable)
    .option('--day <day>', 'all findings of a rule on this delivery day; with --rule')
    .option('--rule <code>', 'the rule; with --day')
    .requiredOption('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string, options: DecideOptions) =>
      run(options.json, (context) => settle(context, dataset, verb, options)),
    );
}

/** @param pageSize how many are shown to people when they say nothing. */
async function list(
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

async function settle(
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
