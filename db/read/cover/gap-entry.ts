/** Gaps as the API and the command show them. */
import type { CoverageGap, GapReason } from '../../../domain/days/coverage.ts';

/** Instants are ISO 8601 in UTC; half-open. */
export interface GapEntry {
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
  /** Series without any point in the gap. */
  readonly series: string[];
  /** Further series whose names are not known. */
  readonly unnamed_series: number;
  readonly points: number;
}

export function gapEntry({ fromMs, toMs, reason, series, unnamed, points }: CoverageGap): GapEntry {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return { from, to, reason, series: [...series], unnamed_series: unnamed, points };
}
