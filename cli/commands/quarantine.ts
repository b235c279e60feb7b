/** `tidemark quarantine`: what is held back, and the ways out of it. */
import type { Command } from 'commander';
import { decide } from '../../control/decisions.ts';
import { findingsById, findingsWhere, type StoredFinding } from '../../db/queries/quarantine.ts';
import type { CivilDay } from '../../domain/civil-day.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/messages.ts';
import { readDay, readDayRange, repeatable } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../main.ts';
import { operator } from '../operator.ts';
import { instant } from '../table.ts';
import { WrongUse } from '../wrong-use.ts';

interface ListOptions {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rule?: string;
  readonly remarks?: true;
  readonly settled?: true;
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

export function quarantineCommand(program: Command, run: Run): void {
  const quarantine = program
    .command('quarantine')
    .description('what is held back, with the raw value in its place, and the ways out: release and waive');
  listCommand(quarantine, run);
  decideCommand(quarantine, run, 'release', 'write held back values after all, known from now on');
  decideCommand(quarantine, run, 'waive', 'accept findings as they are; a value that is held back stays out');
}

function listCommand(quarantine: Command, run: Run): void {
  quarantine
    .command('list')
    .description('open findings that hold values or answers back')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'one delivery day, YYYY-MM-DD')
    .option('--from <day>', 'first delivery day (default: 31 days before the last)')
    .option('--to <day>', 'last delivery day (default: tomorrow)')
    .option('--rule <code>', 'only findings of this rule')
    .option('--remarks', 'also findings that hold nothing back')
    .option('--settled', 'also those that are released, waived or superseded')
    .option('--json', 'print JSON')
    .action((dataset: string, options: ListOptions) =>
      run(options.json, (context) => list(context, dataset, options)),
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

async function list(context: CliContext, id: string, options: ListOptions): Promise<number> {
  const dataset = context.catalog.find(id);
  const { day, rule = null } = options;
  const ends = day === undefined ? options : { from: readDay('--day', day), to: day };
  const range = readDayRange(ends, dataset, 31, Date.now());
  await context.noteSimulated();
  const findings = await findingsWhere(context.database(), dataset.id, {
    ...range,
    ids: null,
    rule,
    severities: options.remarks ? ['block', 'warn', 'info'] : ['block'],
    settledToo: options.settled ?? false,
  });
  context.print(findings, () => findings.map(describe).join('\n') || 'nothing is held back');
  const isOpen = ({ severity, resolution }: StoredFinding) => severity === 'block' && resolution === 'open';
  return findings.some(isOpen) ? 1 : 0;
}

function describe(finding: StoredFinding): string {
  const { id, day, rule, severity, series, startsAt, payloadId, place, raw, reason } = finding;
  const where = [series, startsAt ? instant(startsAt) : null].filter((part) => part !== null).join(' at ');
  const value = raw === null ? '' : ` = ${raw.length > 120 ? `${raw.slice(0, 120)}…` : raw}`;
  return [
    `${id}  ${day}  ${severity} ${rule}${where ? `  ${where}` : ''}`,
    `    ${reason}`,
    ...(payloadId === null ? [] : [`    payload ${payloadId}: ${place ?? 'the whole answer'}${value}`]),
    ...(finding.resolution === 'open' ? [] : [`    ${describeResolution(finding)}`]),
  ].join('\n');
}

function describeResolution({ resolution, resolvedAt, resolvedBy, resolvedReason }: StoredFinding): string {
  const why = resolvedReason === null ? '' : `: ${resolvedReason}`;
  return `${resolution} ${instant(resolvedAt)} by ${resolvedBy}${why}`;
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
  context.print(outcomes, () => outcomes.map(({ sentence }) => sentence).join('\n'));
  return 0;
}

type Which = Pick<DecideDayInput, 'day' | 'findings' | 'rule'>;

/** One entry per day. @throws WrongUse */
async function whichOf(
  context: CliContext,
  dataset: string,
  { finding, day, rule }: DecideOptions,
): Promise<Which[]> {
  if (finding && day === undefined && rule === undefined) {
    return await byDay(context, dataset, finding.map(readId));
  }
  if (!finding && day !== undefined && rule !== undefined) return [{ day: readDay('--day', day), rule }];
  throw new WrongUse(
    'say which findings: either --finding 12 (one or more), or --day 2026-11-20 --rule range',
  );
}

async function byDay(context: CliContext, dataset: string, ids: readonly number[]): Promise<Which[]> {
  const found = await findingsById(context.database(), ids);
  const days = new Map<CivilDay, number[]>();
  for (const id of ids) {
    const one = found.find((each) => each.id === id && each.dataset === dataset);
    if (!one)
      throw new WrongUse(`--finding is ${id}: ${dataset} has no such finding; "quarantine list" shows them`);
    days.set(one.day, [...(days.get(one.day) ?? []), id]);
  }
  return [...days].map(([day, findings]) => ({ day, findings }));
}

function readId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new WrongUse(`--finding is "${text}": write the number that "quarantine list" shows`);
}
