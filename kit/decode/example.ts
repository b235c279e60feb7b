/** Example answers of a source, generated from a definition whose decoder can also encode. Pure. */
import type { Example } from '../../domain/dataset/example.ts';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { type CivilDay, dayAt, type Interval } from '../../domain/time/civil-day.ts';
import { canEncode, type ExamplePoint } from './decoder.ts';

export interface ExampleFacts {
  /** Names of series as published, of all days or of a delivery day; by default made up, as many as the definition expects. */
  readonly series?: readonly string[] | ((day: CivilDay) => readonly string[]);
  /** Approximate level of the values; by default inside the valid range. */
  readonly level?: number;
}

/** @throws RangeError where the dataset has a hand-written decoder */
export function exampleOf(dataset: PulledPoints, facts: ExampleFacts = {}): Example {
  const { decode } = dataset.pull;
  if (!canEncode(decode))
    throw new RangeError(
      `${dataset.id}: its "decode" cannot write what it reads; write an example with an "answer" of your own`,
    );
  return {
    answer: (window) =>
      decode.encode(pointsOf(dataset, facts, window, decode.names), {
        unit: dayAt(window.startMs, dataset.source.timeZone),
      }),
  };
}

function pointsOf(
  dataset: PulledPoints,
  { series, level }: ExampleFacts,
  { startMs, endMs }: Interval,
  namesFor: (count: number) => readonly string[],
): ExamplePoint[] {
  const points: ExamplePoint[] = [];
  const around = level ?? levelOf(dataset);
  for (let ms = startMs; ms < endMs; ) {
    const day = dayAt(ms, dataset.source.timeZone);
    const stepMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
    const given = typeof series === 'function' ? series(day) : series;
    const names = given ?? namesFor(effectiveOn(dataset.expectedSeries, day).count);
    for (const [n, name] of names.entries())
      points.push({ series: name, startsAtMs: ms, value: valueAt(around, ms / stepMs, n) });
    ms += stepMs;
  }
  return points;
}

/** Inside the range that a check accepts. */
function levelOf({ checks }: PulledPoints): number {
  const [min, max] = checks.find(({ limits }) => limits)?.limits ?? [0, 200];
  return min + (max - min) / 2 || (max - min) / 4;
}

/** Varies slowly through the day, and differs between series and days. */
function valueAt(level: number, step: number, series: number): number {
  const share = 1 + 0.02 * Math.sin(step / 5 + series) + 0.0001 * (step % 89);
  return Number((level * share).toPrecision(8));
}
