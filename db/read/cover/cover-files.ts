/** Coverage of a range of days of files: from the rollups of days, and from the points where one is missing. */

import type { PointDataset } from '../../../domain/dataset/points.ts';
import {
  type Coverage,
  type CoverageGap,
  type GapReason,
  isWithin,
  joinGaps,
  reasonOfDay,
} from '../../../domain/days/coverage.ts';
import { gapsOfRuns } from '../../../domain/days/gaps.ts';
import { type CivilDay, eachDay, type Interval } from '../../../domain/time/civil-day.ts';
import { deliveryInterval, isOpen } from '../../../domain/time/delivery-day.ts';
import type { Sql } from '../../connection/client.ts';
import { countPoints } from '../../queries/days/coverage.ts';
import { type LedgerRow, ledgerRange } from '../../queries/days/ledger.ts';
import { type FileGap, type FileGapKind, gapsOfFiles } from '../../queries/files/file-gaps.ts';
import { completenessOfDays, type DayCompleteness } from '../../queries/points/day-rollups.ts';
import type { CoverageQuestion, CoveredRange } from './cover-range.ts';

type FileQuestion = CoverageQuestion & { readonly dataset: PointDataset };

export async function coverFiles(sql: Sql, question: FileQuestion): Promise<CoveredRange> {
  const { dataset, from, to, series, enoughGaps } = question;
  const rows = new Map((await ledgerRange(sql, dataset.id, from, to)).map((row) => [row.day, row]));
  const present = new Map(
    (await completenessOfDays(sql, dataset.id, { from, to }, series)).map((row) => [row.day, row]),
  );
  const gaps: CoverageGap[] = [];
  const total = { expected: 0, present: 0 };
  for (const day of eachDay(from, to)) {
    const covered = await coverDay(sql, question, day, {
      row: rows.get(day),
      completeness: present.get(day),
    });
    total.expected += covered.expected;
    total.present += covered.present;
    gaps.push(...covered.gaps);
    if (gaps.length >= enoughGaps) return { ...total, gaps: joinGaps(gaps), to: day };
  }
  return { ...total, gaps: joinGaps(gaps), to };
}

interface KnownOfDay {
  readonly row: LedgerRow | undefined;
  readonly completeness: DayCompleteness | undefined;
}

async function coverDay(
  sql: Sql,
  { dataset, series, nowMs, within }: FileQuestion,
  day: CivilDay,
  { row, completeness }: KnownOfDay,
): Promise<Coverage> {
  const interval = deliveryInterval(dataset, day);
  if (!completeness) {
    // The expected number is unknown, so no point counts as missing.
    const reason = reasonOf(row, isOpen(dataset, day, nowMs));
    const none = {
      fromMs: interval.startMs,
      toMs: interval.endMs,
      reason,
      series: [],
      unnamed: 0,
      points: 0,
    };
    const isSilent = day < dataset.firstDay || (row && row.presentPoints > 0 && !row.droppedAt);
    return { expected: 0, present: 0, gaps: isSilent ? [] : [none] };
  }
  const clip = isWithin(interval, within) ? undefined : within;
  const present = clip ? await countPoints(sql, dataset.id, clip, [day], series) : completeness.present;
  if (!completeness.hasGaps) return { expected: present, present, gaps: [] };
  const found = await gapsOfDay(sql, { dataset: dataset.id, day, interval }, series, clip);
  const gaps = row?.state === 'in_progress' ? found.map((gap) => inProgress(gap, row, nowMs)) : found;
  const missing = gaps.reduce((sum, { points }) => sum + points, 0);
  return { expected: present + missing, present, gaps };
}

/** What is missing of a day that is not over may still come, and what no file has that was loaded was not loaded. */
function inProgress(gap: CoverageGap, { dueAt }: LedgerRow, nowMs: number): CoverageGap {
  if (gap.reason !== 'missing') return gap;
  if (dueAt === null) return { ...gap, reason: gap.fromMs >= nowMs ? 'not due' : 'not loaded' };
  return { ...gap, reason: gap.fromMs >= nowMs ? 'not due' : 'awaiting' };
}

function reasonOf(row: LedgerRow | undefined, open: boolean): GapReason {
  if (row?.droppedAt) return 'dropped';
  return reasonOfDay(row && { state: row.state, isPublished: row.firstPublishedAt !== null }, open);
}

const REASONS: Readonly<Record<FileGapKind, GapReason>> = {
  absent: 'missing',
  null: 'null',
  quarantined: 'quarantined',
};

async function gapsOfDay(
  sql: Sql,
  scope: Parameters<typeof gapsOfFiles>[1],
  series: readonly string[] | null,
  clip: Interval | undefined,
): Promise<CoverageGap[]> {
  const found = await gapsOfFiles(sql, scope, series);
  const runs = clip ? found.flatMap((run) => clipped(run, clip)) : found;
  const steps = new Map(runs.map((run) => [run.series, run.stepMs]));
  return gapsOfRuns(runs).map(({ fromMs, toMs, kind, series: lacking }) => {
    const pointsOf = (name: string) => Math.ceil((toMs - fromMs) / (steps.get(name) as number));
    const points = lacking.reduce((sum, name) => sum + pointsOf(name), 0);
    return { fromMs, toMs, reason: REASONS[kind], series: lacking, unnamed: 0, points };
  });
}

/** What of a run starts within an interval: its points lie a step apart from its beginning. */
function clipped(run: FileGap, { startMs, endMs }: Interval): FileGap[] {
  const skipped = Math.ceil(Math.max(0, startMs - run.fromMs) / run.stepMs);
  const fromMs = run.fromMs + skipped * run.stepMs;
  const toMs = Math.min(run.toMs, endMs);
  return fromMs < toMs ? [{ ...run, fromMs, toMs }] : [];
}
