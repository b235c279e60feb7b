/** Whether a file fits where it is loaded: two steps in one series would make values that nobody measured. Pure. */
import type { FiledPoints } from '../dataset/points.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { Failure } from '../workflow/failures.ts';
import type { DayRead } from './day-read.ts';

/** The step of a series on a day, as its points are stored. */
export interface StoredStep {
  readonly day: CivilDay;
  readonly series: string;
  readonly seconds: number;
}

export interface StepQuestion {
  readonly dataset: FiledPoints;
  /** As a person stated it; null: the dataset's own, if it has one. */
  readonly stated: number | null;
  /** What could be loaded into instead. */
  readonly others: readonly FiledPoints[];
}

/** @throws Failure BAD_INPUT where a series has another step than was stated, or than the dataset has. */
export function assertStep(days: readonly DayRead[], { dataset, stated, others }: StepQuestion): void {
  const wanted = stated ?? (dataset.files.oneStep ? dataset.finestSeconds : null);
  if (wanted === null) return;
  for (const { day, series } of days) {
    const other = series.find(({ establishedMs = wanted * 1_000 }) => establishedMs !== wanted * 1_000);
    if (!other) continue;
    const seconds = (other.establishedMs as number) / 1_000;
    const found = `${other.series} has a point every ${seconds} s on ${day}`;
    throw new Failure(
      'BAD_INPUT',
      stated === null
        ? `${found}, ${dataset.id} has one every ${wanted} s: ${cureFor(dataset, seconds, others)}. Nothing of this range was written`
        : `${found}, stated were ${wanted} s: leave --resolution out, or mend the file`,
    );
  }
}

/** @throws Failure BAD_INPUT where a series of a day has points of another step already. */
export function assertSameStep(days: readonly DayRead[], stored: readonly StoredStep[]): void {
  const known = new Map(stored.map(({ day, series, seconds }) => [`${day} ${series}`, seconds]));
  for (const { day, series } of days)
    for (const { series: name, establishedMs } of series) {
      const seconds = known.get(`${day} ${name}`);
      if (seconds === undefined || establishedMs === undefined || establishedMs === seconds * 1_000) continue;
      throw new Failure(
        'BAD_INPUT',
        `${name} has a point every ${establishedMs / 1_000} s on ${day}, and one every ${seconds} s is stored: load the file under ` +
          'another name of the series (a column that names it, --series-column), or into another dataset. Nothing of this range was written',
      );
    }
}

function cureFor(dataset: FiledPoints, seconds: number, others: readonly FiledPoints[]): string {
  const near = others.filter(({ id, source, unit }) => {
    return id !== dataset.id && source.id === dataset.source.id && unit === dataset.unit;
  });
  const fitting = [
    ...near.filter(({ files, finestSeconds }) => files.oneStep && finestSeconds === seconds),
    ...near.filter(({ files, finestSeconds }) => !files.oneStep && seconds % finestSeconds === 0),
  ];
  const [first] = fitting;
  return first ? `load it into ${first.id}` : 'load it into a dataset with this step';
}
