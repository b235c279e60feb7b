/** What `tidemark days` does. */
import { openFindingsByDay } from '../../db/queries/catalog/overview.ts';
import { daysNotFine, type LedgerRow, lastDayWithPoints, ledgerRange } from '../../db/queries/days/ledger.ts';
import { type Dataset, isPulledPoints, isPulledRecords, periodOf } from '../../domain/dataset/dataset.ts';
import { wordOf } from '../../domain/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { today } from '../../domain/time/delivery-day.ts';
import { readDayRange } from '../arguments.ts';
import { calendar, legend, type Range } from '../calendar.ts';
import type { Options } from '../commands/days.ts';
import type { CliContext } from '../context.ts';
import { withLink } from '../explain-day.ts';
import { type DayGaps, describeGaps, gapsOfDays } from '../gaps.ts';

const DAYS = 31;

const NOT_FINE_OF_A_PAGE = 100;

/** Ten years. */
const DAYS_OF_YEARS = 3_652;

export async function days(context: CliContext, dataset: string, options: Options): Promise<number> {
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
