/** `tidemark days`: the ledger as a calendar. */
import type { Command } from 'commander';
import { type LedgerRow, lastDayWithPoints, ledgerRange } from '../../db/queries/ledger.ts';
import { openFindingsByDay } from '../../db/queries/overview.ts';
import { isPolled, type SeriesDataset } from '../../domain/any-dataset.ts';
import { type CivilDay, eachDay } from '../../domain/civil-day.ts';
import { DAY_STATES, type DayState, isFine, STATE_MEANING } from '../../domain/ledger.ts';
import { readDayRange, seriesDataset } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { withLink } from '../explain-day.ts';
import { type DayGaps, describeGaps, gapsOfDays } from '../gaps.ts';
import type { Run } from '../main.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly gaps?: true;
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
    .option('--to <day>', 'last delivery day (default: tomorrow; of files, the last with points)')
    .option('--gaps', 'name the missing points of days that have some')
    .option('--json', 'print JSON: the ledger rows, each with a link to its run; with --gaps, with its gaps')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => days(context, dataset, options)),
    );
}

async function days(context: CliContext, dataset: string, options: Options): Promise<number> {
  const definition = seriesDataset(context.catalog, dataset);
  const range = await rangeOf(context, definition, options);
  await context.noteSimulated();
  const rows = await ledgerRange(context.database(), dataset, range.from, range.to);
  const findings = await openFindingsByDay(context.database(), dataset, range.from, range.to);
  const notFine = rows.filter(({ state, error }) => !isFine(state) || error !== null);
  const gaps = new Map(
    (options.gaps ? await gapsOfDays(context.database(), definition, rows) : []).map((of) => [of.day, of]),
  );
  const linked = rows.map((row) => withLink(context, row));
  const withGaps = () => linked.map((row) => ({ ...row, gaps: gaps.get(row.day)?.gaps ?? [] }));
  context.print(options.gaps ? withGaps() : linked, () =>
    [
      `${dataset}`,
      calendar(range, rows),
      legend(rows),
      ...notFine.map((row) => reason(row, findings, gaps.get(row.day))),
    ].join('\n'),
  );
  return notFine.length > 0 ? 1 : 0;
}

/** Files may be of years ago: the calendar then ends where they do. */
async function rangeOf(
  context: CliContext,
  dataset: SeriesDataset,
  { from, to }: Options,
): Promise<{ from: CivilDay; to: CivilDay }> {
  const last = isPolled(dataset) ? null : await lastDayWithPoints(context.database(), dataset.id);
  const until = to ?? last;
  const options = {
    ...(from === undefined ? {} : { from }),
    ...(until === null || until === undefined ? {} : { to: until }),
  };
  return readDayRange(options, dataset, 31, Date.now());
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

function reason(
  row: LedgerRow,
  findings: ReadonlyMap<CivilDay, readonly string[]>,
  gaps: DayGaps | undefined,
): string {
  const points = `${row.presentPoints} of ${row.expectedPoints} points`;
  const why = [row.error, ...(findings.get(row.day) ?? [])].filter((text) => text !== null);
  const lines = [...why.map((text) => `    ${text}`), ...(gaps ? [describeGaps(gaps)] : [])];
  return [`${row.day} ${row.state}, ${points}`, ...lines].join('\n');
}
