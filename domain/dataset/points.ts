/** The contract of a dataset of points: series of numbers over time. */

import type { FileForm } from '../files/file-form.ts';
import { type FoundFiles, foundFaults } from '../files/found-files.ts';
import type { Check } from '../interpret/checks.ts';
import type { Finding } from '../interpret/finding.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { deriveFaults, type PointDerive } from './derive.ts';
import { ascending, type DatasetFacts, type Effective, effectiveOn, type Source } from './facts.ts';
import { checkFaults } from './known-fields.ts';
import { type PointPull, pullFaults } from './pull.ts';
import { type PlainNames, plainFaults } from './relation-names.ts';
import type { SentLines } from './sent-lines.ts';

/** One value as published, before any rule is applied. */
export interface DecodedPoint {
  /** As published: printable, at most 200 characters. */
  readonly series: string;
  /** UTC start of a half-open interval, milliseconds. */
  readonly startsAtMs: number;
  /** A published null is a null: not zero, not absent. */
  readonly value: number | null;
  /** Length of its interval, milliseconds, where it is not `resolution`; needs `ownSteps`. */
  readonly stepMs?: number;
  /** Position in the payload, in the payload's own terms. */
  readonly place: string;
}

/** The result of decoding: the points it could read, and findings for those it could not. */
export interface Decoded {
  readonly points: readonly DecodedPoint[];
  readonly findings: readonly Finding[];
}

export interface PointDataset extends DatasetFacts {
  readonly shape: 'points';
  readonly silence: 'keep' | 'nothing';
  readonly plain?: PlainNames;
  /** Length of the intervals, minutes; must divide an hour. 1440: the whole delivery day, 23 to 25 hours. Absent: set by each series. */
  readonly resolution?: Effective<{ readonly minutes: number }>;
  /** Set where a series may have longer intervals than `resolution`, such as hours beside quarters: its points say which. */
  readonly ownSteps?: true;
  /** Minimum number of series of a complete day. More are accepted, catalogued and then expected for that day. */
  readonly expectedSeries?: Effective<{ readonly count: number }>;
  /** Shortest interval between two points of a series, seconds; must divide an hour. Starts of points lie on this grid. */
  readonly finestSeconds?: number;
  /** Run on every payload, whatever its origin. */
  readonly checks?: readonly Check[];
  readonly pull?: PointPull;
  readonly files?: PointFiles;
  readonly push?: PointPush;
  readonly derive?: PointDerive;
  /** Catalogue facts of a series, parsed from its key; empty for an unknown form. */
  seriesAttributes(series: string): Readonly<Record<string, string>>;
}

/** Points that are requested for each delivery day. */
export interface PulledPoints extends GriddedPoints {
  readonly source: Source;
  readonly checks: readonly Check[];
  readonly pull: PointPull;
}

/** Points whose number per day follows from the definition. */
export interface GriddedPoints extends PointDataset {
  readonly resolution: NonNullable<PointDataset['resolution']>;
  readonly expectedSeries: NonNullable<PointDataset['expectedSeries']>;
}

/** Points that come in files of lines. */
export interface FiledPoints extends PointDataset {
  readonly finestSeconds: number;
  readonly files: PointFiles;
}

/** Points that are sent to the API. */
export interface PushedPoints extends GriddedPoints {
  readonly push: PointPush;
}

/** How pushed lines are read; `sentPoints` (domain/lines/sent-points.ts) reads the common form. */
export interface PointPush {
  readonly lines: SentLines;
  /** Lines to points. Pure; keeps their order: of repeated points the last one counts. Positions are `line N`. Does not throw. */
  decode(body: Uint8Array): Decoded;
}

/** The form of lines in files. */
export interface PointFiles {
  /** The series of a file that names none: one column of values without a meaningful header. */
  readonly onlySeries: string;
  /** What is known of the lines' form beforehand; the rest is detected, or stated by a person. */
  readonly form: Partial<FileForm>;
  /**
   * Set where every file has a point each `finestSeconds`: one with another step is refused. Without it, the step is detected for each
   * series and day.
   */
  readonly oneStep?: true;
  /** Set where a folder or an index is watched for files. */
  readonly found?: FoundFiles;
}

/**
 * Whether the number of points of a day follows from its payloads: where a day takes several requests, where series have steps of their
 * own, and where what is computed names its series. Otherwise from the definition.
 */
export function isCountedByPayload({ pull, derive, ownSteps }: PointDataset): boolean {
  return pull?.parts !== undefined || ownSteps === true || derive?.series !== undefined;
}

export function isGridded(dataset: PointDataset): dataset is GriddedPoints {
  return dataset.resolution !== undefined && dataset.expectedSeries !== undefined;
}

/** Length of the intervals of a day, seconds; the shortest possible where each series has its own. */
export function intervalSeconds({ resolution, finestSeconds }: PointDataset, day: CivilDay): number {
  return resolution ? effectiveOn(resolution, day).minutes * 60 : (finestSeconds ?? 1);
}

/** Length of the intervals from each day on, seconds; null where the points of each series show it. */
export function declaredSteps({
  resolution,
  files,
  finestSeconds = 1,
  firstDay,
}: PointDataset): readonly { readonly from: CivilDay; readonly seconds: number }[] | null {
  if (resolution) return resolution.map(({ from, minutes }) => ({ from, seconds: minutes * 60 }));
  return files?.oneStep ? [{ from: firstDay, seconds: finestSeconds }] : null;
}

/** Faults of a definition, besides its facts. */
export function pointFaults(dataset: PointDataset): string[] {
  const { pull, files, push, derive } = dataset;
  return [
    ...plainFaults(dataset.plain),
    ...(pull || push || derive ? gridFaults(dataset) : []),
    ...(pull ? pullFaults(pull) : []),
    ...(push ? pushFaults(dataset) : []),
    ...checkFaults(dataset, { grid: isGridded(dataset), yesterday: pull !== undefined }),
    ...(files ? fileFaults(dataset, files) : []),
    ...deriveFaults(dataset),
    ...(pull || files || push || derive
      ? []
      : ['points need "pull", "files", "push" or "derive": nothing would ever come']),
  ];
}

function pushFaults({ silence }: PointDataset): string[] {
  return silence === 'nothing'
    ? []
    : [`silence is "${silence}": write "nothing" where points are sent, a line says nothing of the others`];
}

/** Minutes of an interval that is a delivery day, however long. */
export const WHOLE_DAY = 1_440;

function gridFaults({ resolution = [], expectedSeries = [] }: PointDataset): string[] {
  const isOdd = resolution.some(
    ({ minutes }) => minutes !== WHOLE_DAY && (minutes <= 0 || 60 % minutes !== 0),
  );
  return [
    ...(ascending(resolution) ? [] : ['resolution needs entries that ascend by "from"']),
    ...(ascending(expectedSeries) ? [] : ['expectedSeries needs entries that ascend by "from"']),
    ...(isOdd
      ? [`resolution minutes must divide an hour, or be ${WHOLE_DAY}: a delivery day is one interval then`]
      : []),
  ];
}

function fileFaults(
  { finestSeconds = 0, source }: PointDataset,
  { onlySeries, found }: PointFiles,
): string[] {
  const isGrid = Number.isInteger(finestSeconds) && finestSeconds >= 1 && 3600 % finestSeconds === 0;
  return [
    ...foundFaults(found, source.settings),
    ...(isGrid ? [] : ['finestSeconds must be a whole number of seconds that divides an hour']),
    ...(/^[!-~]{1,200}$/.test(onlySeries)
      ? []
      : ['files.onlySeries must be printable, without spaces, at most 200 characters']),
  ];
}
