/** The contract of derived data: the datasets from which a unit of work is computed, and the function. */
import type { SeriesPoints } from '../interpret/checks.ts';
import type { CivilDay } from '../time/civil-day.ts';
import type { GriddedPoints } from './points.ts';
import type { Json } from './records.ts';
import type { Settings } from './settings.ts';

/** A dataset from which others are computed. */
export interface DerivedInput {
  /** Id of a dataset of points, or of records, which then needs `until`. */
  readonly dataset: string;
  /**
   * For records: the field of type `instant` with the end of one. The function sees those that overlap its days; records without an end are
   * not passed. A unit does not wait for records: there may be none.
   */
  readonly until?: string;
  /** How many days before and after the unit are passed too. @default none */
  readonly days?: { readonly before?: number; readonly after?: number };
  /** Set where the function can do without it: a unit does not wait for it. */
  readonly optional?: true;
}

/** What the function sees of an input: its points as they were known at one instant, by series. */
export type InputPoints = ReadonlyMap<string, SeriesPoints>;

/** A record as it stood at one instant. */
export interface InputRecord {
  readonly key: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly body: { readonly [name: string]: Json };
}

/** What the function sees of a unit. */
export interface DerivedUnit {
  readonly day: CivilDay;
  /** UTC starts of the intervals of the unit, ascending, milliseconds. */
  readonly starts: readonly number[];
  /** The end of the last of them. */
  readonly endMs: number;
  /** By their names in the definition; an optional input without data has no series. */
  readonly inputs: Readonly<Record<string, InputPoints>>;
  /** Records of the inputs that have them, by the same names, ordered by key. */
  readonly records?: Readonly<Record<string, readonly InputRecord[]>>;
}

/** One value that was computed. */
export interface ComputedPoint {
  readonly series: string;
  /** UTC start of an interval of the unit, milliseconds. */
  readonly startsAtMs: number;
  /** Null where an input has a null: computed, and known to be empty. A point that cannot be computed is left out. */
  readonly value: number | null;
}

export interface PointDerive {
  /** By a name for the function. */
  readonly inputs: Readonly<Record<string, DerivedInput>>;
  /** Units further ahead than this many days are not computed yet: records may last for years. @default all */
  readonly aheadDays?: number;
  /** The value of a point that was computed before and no longer follows from the inputs: 0 where "no input" means zero. @default null */
  readonly whenGone?: number;
  /**
   * From the inputs' points to those of a unit. Pure: no clock, no environment, no I/O; the same inputs always give the same points. Raise
   * `decoderVersion` when its results change: all units are computed again then.
   */
  compute(unit: DerivedUnit): readonly ComputedPoint[];
  /**
   * The series of a complete unit, by name, where the inputs and the settings of the source determine them: a unit without one of them is
   * partial. Without this function, `expectedSeries` gives their number.
   */
  series?(unit: Pick<DerivedUnit, 'day' | 'inputs'> & { readonly settings: Settings }): readonly string[];
}

/** Points that are computed from other datasets. */
export interface DerivedPoints extends GriddedPoints {
  readonly derive: PointDerive;
}

/** What is wrong with how a dataset is computed. */
export function deriveFaults(dataset: {
  readonly id: string;
  readonly silence: string;
  readonly derive?: PointDerive;
  readonly pull?: unknown;
  readonly files?: unknown;
  readonly push?: unknown;
}): string[] {
  const { derive, silence } = dataset;
  if (!derive) return [];
  const inputs = Object.entries(derive.inputs);
  const beside = (['pull', 'files', 'push'] as const).filter((way) => dataset[way] !== undefined);
  return [
    ...beside.map((way) => `${way} must be left out beside "derive": what is computed comes in no other way`),
    ...(silence === 'keep' ? [] : [`silence is "${silence}": write "keep" where points are computed`]),
    ...(inputs.length > 0 ? [] : ['derive.inputs needs at least one dataset']),
    ...inputs.flatMap(([name, input]) => inputFaults(dataset.id, name, input)),
  ];
}

function inputFaults(id: string, name: string, { dataset, days = {} }: DerivedInput): string[] {
  const odd = Object.entries(days).filter(([, count]) => !Number.isInteger(count) || count < 0 || count > 31);
  return [
    ...(dataset === id ? [`derive.inputs.${name} is the dataset itself: write another one`] : []),
    ...odd.map(
      ([side, count]) => `derive.inputs.${name}.days.${side} is ${count}: write a whole number from 0 to 31`,
    ),
  ];
}
