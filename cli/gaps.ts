/** The gaps of days, for `tidemark days --gaps`: the same as the API's coverage. */
import type { Sql } from '../db/connection/client.ts';
import type { LedgerRow } from '../db/queries/days/ledger.ts';
import { coverRange } from '../db/read/cover/cover-range.ts';
import { type GapEntry, gapEntry } from '../db/read/cover/gap-entry.ts';
import type { Dataset } from '../domain/dataset/dataset.ts';
import { listNames } from '../domain/interpret/checks.ts';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { instant } from './table.ts';

export interface DayGaps {
  readonly day: CivilDay;
  readonly gaps: readonly GapEntry[];
}

/** The gaps of the days that do not have all that is expected of them. */
export async function gapsOfDays(
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
export function describeGaps({ gaps }: DayGaps): string {
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
