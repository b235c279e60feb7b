/** Coverage of a range of units of records: from the ledger only, because the expected number of records is unknown. */
import type { Sql } from '../../db/connection/client.ts';
import { ledgerRange } from '../../db/queries/days/ledger.ts';
import { type RecordDataset, unitInterval } from '../../domain/dataset/records.ts';
import { type CoverageGap, joinGaps, reasonOfDay } from '../../domain/days/coverage.ts';
import { type CivilDay, eachDay } from '../../domain/time/civil-day.ts';
import type { CoverageQuestion, CoveredRange } from './cover-range.ts';

/** The records present count as expected; a unit without any is a gap of zero points. */
export async function coverRecords(
  sql: Sql,
  { dataset, from, to, nowMs }: CoverageQuestion & { readonly dataset: RecordDataset },
): Promise<CoveredRange> {
  const units = unitsBetween(dataset, from, to);
  const rows = new Map(
    (await ledgerRange(sql, dataset.id, units[0] ?? from, to)).map((row) => [row.day, row]),
  );
  const gaps: CoverageGap[] = [];
  let present = 0;
  for (const day of units) {
    const row = rows.get(day);
    const { startMs: fromMs, endMs: toMs } = unitInterval(dataset, day);
    if (row?.firstPublishedAt != null) {
      present += row.presentPoints;
      continue;
    }
    const reason = reasonOfDay(row && { state: row.state, isPublished: false }, fromMs <= nowMs);
    gaps.push({ fromMs, toMs, reason, series: [], unnamed: 0, points: 0 });
  }
  return { expected: present, present, gaps: joinGaps(gaps), to };
}

/** Days, or years named by their first. */
function unitsBetween(dataset: RecordDataset, from: CivilDay, to: CivilDay): CivilDay[] {
  const unitOf = (day: CivilDay) => (dataset.period === 'year' ? `${day.slice(0, 4)}-01-01` : day);
  return [...new Set(eachDay(from, to).map(unitOf))];
}
