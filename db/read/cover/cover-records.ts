/** Coverage of a range of units of records: present are those that begin in it; how many there should be nobody knows. */

import { type RecordDataset, unitInterval } from '../../../domain/dataset/records.ts';
import { type CoverageGap, joinGaps, reasonOfDay } from '../../../domain/days/coverage.ts';
import { type CivilDay, dayInterval, eachDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { ledgerRange } from '../../queries/days/ledger.ts';
import { countRecordsBetween } from './cover-asked-records.ts';
import type { CoverageQuestion, CoveredRange } from './cover-range.ts';

/** The records present count as expected; a unit of which nothing is known is a gap of zero points. */
export async function coverRecords(
  sql: Sql,
  { dataset, from, to, nowMs }: CoverageQuestion & { readonly dataset: RecordDataset },
): Promise<CoveredRange> {
  const units = unitsBetween(dataset, from, to);
  const rows = new Map(
    (await ledgerRange(sql, dataset.id, units[0] ?? from, to)).map((row) => [row.day, row]),
  );
  const gaps: CoverageGap[] = [];
  for (const day of units) {
    const row = rows.get(day);
    if (row?.firstPublishedAt != null || row?.state === 'complete') continue;
    const { startMs: fromMs, endMs: toMs } = unitInterval(dataset, day);
    // A source that is requested may know what lies ahead.
    const isOpen = fromMs <= nowMs || dataset.pull !== undefined;
    const reason = reasonOfDay(row && { state: row.state, isPublished: false }, isOpen);
    gaps.push({ fromMs, toMs, reason, series: [], unnamed: 0, points: 0 });
  }
  const { timeZone } = dataset.source;
  const present = await countRecordsBetween(sql, dataset, {
    startMs: dayInterval(from, timeZone).startMs,
    endMs: dayInterval(to, timeZone).endMs,
  });
  return { expected: present, present, gaps: joinGaps(gaps), to };
}

/** Days, or years named by their first. */
function unitsBetween(dataset: RecordDataset, from: CivilDay, to: CivilDay): CivilDay[] {
  const unitOf = (day: CivilDay) => (dataset.period === 'year' ? `${day.slice(0, 4)}-01-01` : day);
  return [...new Set(eachDay(from, to).map(unitOf))];
}
