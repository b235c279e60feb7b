/** `tidemark days`: the ledger as a calendar. */
import type { Command } from 'commander';
import { type LedgerRow, ledgerRange } from '../../db/queries/ledger.ts';
import { openFindingsByDay } from '../../db/queries/overview.ts';
import { type CivilDay, eachDay } from '../../domain/civil-day.ts';
import { DAY_STATES, type DayState, isFine, STATE_MEANING } from '../../domain/ledger.ts';
import { readDayRange } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../main.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

/** One sign per state, told apart without colour. */
const SIGNS: Readonly<Record<DayState, string>> = {
  scheduled: '.',
  awaiting: '~',
  late: '!',
  partial: '/',
  complete: '#',
  quarantined: 'Q',
  failed: 'X',
  absent: '-',
};

export function daysCommand(program: Command, run: Run): void {
  program
    .command('days')
    .description('the ledger of a dataset as a calendar, with the reason for each day that is not fine')
    .argument('<dataset>', 'id of a dataset')
    .option('--from <day>', 'first delivery day (default: 31 days before the last)')
    .option('--to <day>', 'last delivery day (default: tomorrow)')
    .option('--json', 'print JSON: the ledger rows')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => days(context, dataset, options)),
    );
}

async function days(context: CliContext, dataset: string, options: Options): Promise<number> {
  const range = readDayRange(options, context.catalog.get(dataset), 31, Date.now());
  await context.noteSimulated();
  const rows = await ledgerRange(context.database(), dataset, range.from, range.to);
  const findings = await openFindingsByDay(context.database(), dataset, range.from, range.to);
  const notFine = rows.filter(({ state, error }) => !isFine(state) || error !== null);
  context.print(rows, () =>
    [`${dataset}`, calendar(range, rows), legend(rows), ...notFine.map((row) => reason(row, findings))].join(
      '\n',
    ),
  );
  return notFine.length > 0 ? 1 : 0;
}

function calendar({ from, to }: { from: CivilDay; to: CivilDay }, rows: readonly LedgerRow[]): string {
  const states = new Map(rows.map(({ day, state }) => [day, state]));
  const months = new Map<string, string[]>();
  for (const day of eachDay(from, to)) {
    const month = day.slice(0, 7);
    const cells = months.get(month) ?? Array<string>(31).fill(' ');
    const state = states.get(day);
    cells[Number(day.slice(8)) - 1] = state ? SIGNS[state] : '?';
    months.set(month, cells);
  }
  const tens = '         1         2         3 ';
  const ones = '1234567890123456789012345678901';
  return [
    `         ${tens}`,
    `         ${ones}`,
    ...[...months].map(([month, cells]) => `${month}  ${cells.join('')}`),
  ].join('\n');
}

function legend(rows: readonly LedgerRow[]): string {
  const seen = DAY_STATES.filter((state) => rows.some((row) => row.state === state));
  return [
    ...seen.map((state) => `  ${SIGNS[state]} ${state}: ${STATE_MEANING[state]}`),
    '  ? nothing recorded',
  ].join('\n');
}

function reason(row: LedgerRow, findings: ReadonlyMap<CivilDay, readonly string[]>): string {
  const points = `${row.presentPoints} of ${row.expectedPoints} points`;
  const why = [row.error, ...(findings.get(row.day) ?? [])].filter((text) => text !== null);
  return `${row.day} ${row.state}, ${points}${why.length > 0 ? `\n    ${why.join('\n    ')}` : ''}`;
}
