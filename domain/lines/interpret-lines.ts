/** One day's bytes of a file, read alone: for folding a day again, and wherever a day is not loaded with its neighbours. */

import { declaredSteps, type FiledPoints } from '../dataset/points.ts';
import type { FileForm } from '../files/file-form.ts';
import type { Interpretation, Point } from '../interpret/interpret.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { canonicalOf } from './canonical.ts';
import { DayCollector, type DayRange } from './day-collector.ts';
import type { DayRead, SeriesRead } from './day-read.ts';
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
  return { read, interpretation: interpretationOf(read, declaredSteps(dataset) === null) };
}

/** The content of a day's lines, point by point, for the fold. @param withSteps where the definition does not say how long intervals are */
function interpretationOf(read: DayRead | undefined, withSteps: boolean): InterpretedLines['interpretation'] {
  const stepIn = ({ series, establishedMs }: SeriesRead) =>
    withSteps && establishedMs !== undefined ? { series, stepMs: establishedMs } : { series };
  if (!read) return { kind: 'empty', points: [], quarantined: [], findings: [], canonical: new Uint8Array() };
  return {
    kind: 'points',
    points: read.series.flatMap((each) => pointsOf(stepIn(each), each.startsAtMs, each.values)),
    quarantined: read.series.flatMap((each) =>
      pointsOf(stepIn(each), each.quarantinedStartsAtMs, each.quarantinedValues),
    ),
    findings: read.findings,
    canonical: canonicalOf(read),
  };
}

function pointsOf(
  of: Pick<Point, 'series' | 'stepMs'>,
  startsAtMs: Float64Array,
  values: Float64Array,
): Point[] {
  return Array.from(startsAtMs, (at, i) => {
    const value = values[i] as number;
    return { ...of, startsAtMs: at, value: Number.isNaN(value) ? null : value };
  });
}
