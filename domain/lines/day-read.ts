/** The content of a file for one delivery day, in columns: a day of seconds has 86,400 points per series. */

import type { Finding } from '../interpret/finding.ts';
import type { CivilDay } from '../time/civil-day.ts';

export interface DayRead {
  readonly day: CivilDay;
  /** Its first instant. */
  readonly startMs: number;
  /** Its lines in the file: from the first byte of the first to the byte after the last. Lines of other days may be in between. */
  readonly byteFrom: number;
  readonly byteTo: number;
  /** Number of its first line in the file, counted from 1. */
  readonly firstLine: number;
  /** How many lines belong to the day, readable or not. */
  readonly lines: number;
  /** Ascending by name, by code units. */
  readonly series: readonly SeriesRead[];
  /** Up to FINDINGS_PER_RULE of each rule by position in the file, and one that counts the rest. */
  readonly findings: readonly Finding[];
  /** What was refused, by rule: lines without a point, points that are dropped. Without equal repetitions. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Points of a series on a day. Both pairs of columns ascend in time, milliseconds UTC. */
export interface SeriesRead {
  readonly series: string;
  /** Length of its intervals on this day, as detected: see domain/lines/step.ts. */
  readonly stepMs: number;
  /** The distance of most of its points in the file, milliseconds; undefined where they show none. */
  readonly establishedMs: number | undefined;
  /** Valid points. NaN stands for a published null. */
  readonly startsAtMs: Float64Array;
  readonly values: Float64Array;
  /** Points that could be read and that a check quarantines. */
  readonly quarantinedStartsAtMs: Float64Array;
  readonly quarantinedValues: Float64Array;
}
