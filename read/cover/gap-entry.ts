/** Gaps as answers and the command tell them. */
import type { CoverageGap, GapReason } from '../../domain/days/coverage.ts';

/** Instants are ISO 8601 in UTC; half-open. */
export interface GapEntry {
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
  /** That lack all of it. */
  readonly series: string[];
  /** More of them that nobody can name. */
  readonly unnamed_series: number;
  readonly points: number;
}

export function gapEntry({ fromMs, toMs, reason, series, unnamed, points }: CoverageGap): GapEntry {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return { from, to, reason, series: [...series], unnamed_series: unnamed, points };
}
