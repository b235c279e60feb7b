/**
 * Compares the values of a source's own answer with those of stand-in files: which of the files' values count, and where the two differ.
 * The answer has the last word about each interval that it contains, whenever it came. Pure.
 */
import { capFindings } from './cap-findings.ts';
import { type Finding, finding } from './finding.ts';
import type { Interpretation, Point } from './interpret.ts';

type Place = Pick<Point, 'series' | 'startsAtMs'>;

/** The intervals, on the finest grid of the dataset, that an answer contains. */
export class Coverage {
  readonly #points = new Map<string, Point>();
  readonly #slots = new Set<string>();
  readonly #finestMs: number;

  /** @param finestMs shortest possible interval; also that of a point that does not state its own */
  constructor(points: readonly Point[], finestMs: number) {
    this.#finestMs = finestMs;
    for (const point of points) {
      this.#points.set(keyOf(point), point);
      for (const slot of this.#slotsOf(point)) this.#slots.add(slot);
    }
  }

  /** The point of the same series and start. */
  at(place: Place): Point | undefined {
    return this.#points.get(keyOf(place));
  }

  /** Whether any of the interval of a point is covered. */
  touches(point: Place & Pick<Point, 'stepMs'>): boolean {
    return this.#slotsOf(point).some((slot) => this.#slots.has(slot));
  }

  stepOf({ stepMs = this.#finestMs }: Pick<Point, 'stepMs'>): number {
    return stepMs;
  }

  #slotsOf(point: Place & Pick<Point, 'stepMs'>): string[] {
    const slots = Math.max(1, Math.round(this.stepOf(point) / this.#finestMs));
    return Array.from({ length: slots }, (_, i) =>
      keyOf({ series: point.series, startsAtMs: point.startsAtMs + i * this.#finestMs }),
    );
  }
}

/** The files' points without those that the answer covers: only the rest is written, plus findings where both differ. */
export function withoutCovered(
  files: Interpretation,
  answer: Coverage,
  about: { readonly name: string },
): Interpretation {
  const isLeft = (point: Point) => !answer.touches(point);
  return {
    ...files,
    points: files.points.filter(isLeft),
    quarantined: files.quarantined.filter(isLeft),
    findings: [
      ...files.findings.filter((found) => !isCovered(found, answer)),
      ...differences(files.points, answer, about),
    ],
  };
}

/** Whether a finding is about a point that the answer covers. */
export function isCovered({ series, startsAtMs }: Pick<Finding, 'series' | 'startsAtMs'>, answer: Coverage) {
  return series !== null && startsAtMs !== null && answer.touches({ series, startsAtMs });
}

export const DIFFERS = 'stand_in_differs';

/** Where both have a value and differ: one finding each, with both values. */
export function differences(
  files: readonly Point[],
  answer: Coverage,
  { name }: { readonly name: string },
): Finding[] {
  const found = files.flatMap((point) => {
    const own = answer.at(point);
    if (own?.value == null || point.value === null) return [];
    const { series, startsAtMs } = point;
    const [filed, kept] = [wordsOf(point, answer), wordsOf(own, answer)];
    if (filed === kept) return [];
    const reason = `${series}: the ${name} has ${filed}, the source's own answer ${kept}, which is kept`;
    return [finding('stand_in_differs', 'warn', reason, { series, startsAtMs, raw: String(point.value) })];
  });
  return capFindings(found);
}

/** A value, with the length of its interval unless that is the shortest. */
function wordsOf(point: Point, answer: Coverage): string {
  const minutes = answer.stepOf(point) / 60_000;
  return minutes === answer.stepOf({}) / 60_000
    ? String(point.value)
    : `${point.value} for ${minutes} minutes`;
}

function keyOf({ series, startsAtMs }: Place): string {
  return `${startsAtMs}\t${series}`;
}
