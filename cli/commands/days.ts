/** `tidemark days`: the ledger as a calendar. */
import type { Command } from 'commander';
import type { Sql } from '../../db/connection/client.ts';
import { openFindingsByDay } from '../../db/queries/catalog/overview.ts';
import { daysNotFine, type LedgerRow, lastDayWithPoints, ledgerRange } from '../../db/queries/days/ledger.ts';
import { coverRange } from '../../db/read/cover/cover-range.ts';
import { type GapEntry, gapEntry } from '../../db/read/cover/gap-entry.ts';
import { type Dataset, isPulledPoints, isPulledRecords, periodOf } from '../../domain/dataset/dataset.ts';
import { wordOf } from '../../domain/days/ledger.ts';
import { listNames } from '../../domain/interpret/checks.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { today } from '../../domain/time/delivery-day.ts';
import { readDayRange } from '../arguments.ts';
import { calendar, legend, type Range } from '../calendar.ts';
import type { CliContext, Run } from '../context.ts';
import { withLink } from '../explain-day.ts';
import { instant } from '../table.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly gaps?: true;
  readonly json?: true;
}

export function daysCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option(
      '--from <day>',
      'first delivery day (default: the calendar begins 31 days before the last, of records kept by year ten years; days that are not fine are shown whenever they are)',
    )
    .option(
      '--to <day>',
      'last delivery day (default: tomorrow; of files and records, the last that has any)',
    )
    .option('--gaps', 'list the gaps of days, each with its reason, as the coverage of the API does')
    .option(
      '--json',
      'print JSON: the ledger rows of the calendar and of all days that are not fine, each with a link to its run; with --gaps, with its gaps',
    )
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => days(context, dataset, options)),
    );
}

const DAYS = 31;

const NOT_FINE_OF_A_PAGE = 100;

/** Ten years. */
const DAYS_OF_YEARS = 3_652;

async function days(context: CliContext, dataset: string, options: Options): Promise<number> {
  const definition = context.catalog.find(dataset);
  const range = await rangeOf(context, definition, options);
  await context.noteSimulated(dataset);
  const rows = await ledgerRange(context.database(), dataset, range.from, range.to);
  const { notFine, next } = await notFineOf(context, dataset, options);
  const shown = context.json ? together(rows, notFine) : rows;
  const gaps = new Map(
    (options.gaps
      ? await gapsOfDays(context.database(), definition, together(rows, notFine), Date.now())
      : []
    ).map((of) => [of.day, of]),
  );
  const findings = await openFindingsByDay(
    context.database(),
    dataset,
    notFine.map(({ day }) => day),
  );
  const linked = shown.map((row) => withLink(context, row));
  const withGaps = () => linked.map((row) => ({ ...row, gaps: gaps.get(row.day)?.gaps ?? [] }));
  context.print(options.gaps ? withGaps() : linked, () =>
    [
      `${dataset}, ${range.from} to ${range.to}`,
      calendar(range, rows, periodOf(definition)),
      legend(rows),
      ...notFine.map((row) => reason(row, findings, gaps.get(row.day))),
      ...(next === null ? [] : [`more days before are not fine; the next ones: --to ${next}`]),
    ].join('\n'),
  );
  return notFine.length > 0 ? 1 : 0;
}

/** Days that need attention, newest first: those of the requested range, or of the whole ledger without one. */
async function notFineOf(
  context: CliContext,
  dataset: string,
  options: Options,
): Promise<{ notFine: readonly LedgerRow[]; next: CivilDay | null }> {
  const limit = context.json ? null : NOT_FINE_OF_A_PAGE;
  const ends = { from: options.from ?? null, to: options.to ?? null };
  const found = await daysNotFine(context.database(), dataset, { ...ends, limit: limit && limit + 1 });
  const notFine = found.slice(0, limit ?? found.length);
  return { notFine, next: found[notFine.length]?.day ?? null };
}

/** Both lists in order of days, without duplicates. */
function together(rows: readonly LedgerRow[], notFine: readonly LedgerRow[]): LedgerRow[] {
  const all = new Map([...notFine, ...rows].map((row) => [row.day, row]));
  return [...all.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Files may be years old: their calendar ends with their last day. Polled days may be ahead of today. */
async function rangeOf(context: CliContext, dataset: Dataset, { from, to }: Options): Promise<Range> {
  const now = Date.now();
  const days = periodOf(dataset) === 'year' ? DAYS_OF_YEARS : DAYS;
  const last = to ?? (await lastKnownDay(context, dataset, now));
  const given = { ...(from === undefined ? {} : { from }), ...(last === null ? {} : { to: last }) };
  return readDayRange(given, dataset, days, now);
}

/** Null: nothing is known, or less than should be by now. */
async function lastKnownDay(context: CliContext, dataset: Dataset, nowMs: number): Promise<CivilDay | null> {
  if (isPulledPoints(dataset)) return null;
  const last = await lastDayWithPoints(context.database(), dataset.id);
  return isPulledRecords(dataset) && last !== null && last <= today(dataset, nowMs) ? null : last;
}

function reason(
  row: LedgerRow,
  findings: ReadonlyMap<CivilDay, readonly string[]>,
  gaps: DayGaps | undefined,
): string {
  const points = `${row.presentPoints} of ${row.expectedPoints} points`;
  const why = [row.error, ...(findings.get(row.day) ?? [])].filter((text) => text !== null);
  const lines = [...why.map((text) => `    ${text}`), ...(gaps ? [describeGaps(gaps)] : [])];
  return [`${row.day} ${wordOf(row.state)}, ${points}`, ...lines].join('\n');
}

interface DayGaps {
  readonly day: CivilDay;
  readonly gaps: readonly GapEntry[];
}

/** The gaps of the days that do not have all that is expected of them. */
async function gapsOfDays(
  sql: Sql,
  dataset: Dataset,
  rows: readonly LedgerRow[],
  nowMs: number,
): Promise<DayGaps[]> {
  const days: DayGaps[] = [];
  for (const { day, expectedPoints, presentPoints, firstPublishedAt } of rows) {
    if (firstPublishedAt !== null && presentPoints >= expectedPoints) continue;
    const range = { from: day, to: day, series: null, nowMs, enoughGaps: Number.POSITIVE_INFINITY };
    const { gaps } = await coverRange(sql, { dataset, ...range });
    days.push({ day, gaps: gaps.map(gapEntry) });
  }
  return days;
}

/** `    2026-11-20 10:00:00Z to 2026-11-20 12:00:00Z missing in 2 series: a, b`. */
function describeGaps({ gaps }: DayGaps): string {
  const lines = gaps.map((gap) => {
    const [from, to] = [new Date(gap.from), new Date(gap.to)];
    return `    ${instant(from)} to ${instant(to)} ${gap.reason}${whoLacks(gap)}`;
  });
  return lines.join('\n') || '    no series of the week before lacks a point';
}

function whoLacks({ series, unnamed_series: unnamed }: GapEntry): string {
  const named = series.length > 0 ? ` in ${series.length} series: ${listNames(series)}` : '';
  return unnamed > 0 ? `${named || ' in'} ${named ? 'and ' : ''}${unnamed} series without a name` : named;
}
