/** One day's bytes of a file, read alone: for folding a day again, and wherever a day is not loaded with its neighbours. */

import type { FiledPoints } from '../dataset/points.ts';
import type { FileForm } from '../files/file-form.ts';
import type { Interpretation, Point } from '../interpret/interpret.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { canonicalOf } from './canonical.ts';
import { DayCollector, type DayRange } from './day-collector.ts';
import type { DayRead } from './day-read.ts';
import { LineReader } from './line-reader.ts';

export interface LinesPlace {
  /** Where the bytes begin in the file. */
  readonly firstByte: number;
  /** The number of their first line. */
  readonly firstLine: number;
  /**
   * The days that were loaded together with this one: their lines are expected, and lines of any other day are out of order. Without it,
   * lines of all other days are skipped silently.
   */
  readonly days?: DayRange;
}

export interface InterpretedLines {
  /** Undefined when the bytes have no line of the day. */
  readonly read: DayRead | undefined;
  readonly interpretation: Interpretation & { readonly canonical: Uint8Array };
}

/** The content of a day's bytes: the same as within the range that they were loaded with. */
export function interpretLines(
  dataset: FiledPoints,
  day: CivilDay,
  bytes: Uint8Array,
  form: FileForm,
  at: LinesPlace,
): InterpretedLines {
  const reader = new LineReader(form, at);
  const collector = new DayCollector(dataset, reader.series, at.days ?? { first: day, last: day }, {
    only: day,
    warnOutside: at.days !== undefined,
  });
  for (let taken = 0; taken < bytes.length; )
    taken += reader.read(taken === 0 ? bytes : bytes.subarray(taken), true, collector);
  const [read] = collector.finish();
  return { read, interpretation: interpretationOf(read) };
}

/** The content of a day's lines, point by point, for the fold. */
export function interpretationOf(read: DayRead | undefined): InterpretedLines['interpretation'] {
  if (!read) return { kind: 'empty', points: [], quarantined: [], findings: [], canonical: new Uint8Array() };
  return {
    kind: 'points',
    points: read.series.flatMap(({ series, startsAtMs, values }) => pointsOf(series, startsAtMs, values)),
    quarantined: read.series.flatMap(({ series, quarantinedStartsAtMs, quarantinedValues }) =>
      pointsOf(series, quarantinedStartsAtMs, quarantinedValues),
    ),
    findings: read.findings,
    canonical: canonicalOf(read),
  };
}

function pointsOf(series: string, startsAtMs: Float64Array, values: Float64Array): Point[] {
  return Array.from(startsAtMs, (at, i) => {
    const value = values[i] as number;
    return { series, startsAtMs: at, value: Number.isNaN(value) ? null : value };
  });
}
