/** Loading a file: the input, what its steps pass on, and the outcome. Plain JSON; instants are ISO strings. */

import type { DayState } from '../days/ledger.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { Failure } from '../workflow/failures.ts';
import { DATASET, type Field, FLAG, read, WORDS, wholeNumber } from '../workflow/fields.ts';
import type { FileForm } from './file-form.ts';

/** Input of `loadFile`. */
export interface LoadFileInput {
  readonly dataset: string;
  /** A path that the workers can read, or an http(s) address; `archive.zip#name` for one of several in an archive. */
  readonly file: string;
  /** What is stated of the form of its lines; the rest is detected. */
  readonly form?: Partial<FileForm>;
  /** Seconds between the points, if stated: any other distance within a day and series stops the load. */
  readonly resolutionSeconds?: number;
  /** The load stops when more lines than this are refused. @default 10000 */
  readonly maxRefused?: number;
  /** Ranges in progress at once. @default 2 */
  readonly concurrency?: number;
  /** Read the file again even if its path, size and modification time are known. @default false */
  readonly verify?: boolean;
  /** Its signature when it was found (domain/files/found-files.ts): the load stops if it has changed since. */
  readonly seen?: string;
}

export const DEFAULT_MAX_REFUSED = 10_000;
/** Two database sessions that copy while one thread reads ahead. */
export const DEFAULT_LOAD_CONCURRENCY = 3;

/**
 * A file of records has a fixed form: only the encoding can be stated.
 * @throws Failure BAD_INPUT that names what else is stated.
 */
export function assertRecordsForm({ form = {}, resolutionSeconds }: Partial<LoadFileInput>): void {
  const stated = [
    ...Object.entries(form).filter(([name]) => name !== 'encoding'),
    ...(resolutionSeconds === undefined ? [] : [['resolutionSeconds', resolutionSeconds]]),
  ].map(([name, value]) => `"${name}" is ${JSON.stringify(value)}`);
  if (stated.length === 0) return;
  const hint = 'leave it out: lines of records are JSON, or CSV whose first line names the columns';
  throw new Failure('BAD_INPUT', `${stated.join(', ')}: ${hint}; only "encoding" can be stated`);
}

const FORM: Field = {
  required: false,
  hint: 'write an object such as {"delimiter": ";", "decimal": ","}',
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** @throws Failure BAD_INPUT */
export function readLoadFileInput(input: unknown): LoadFileInput {
  const fields = {
    dataset: DATASET,
    file: { ...WORDS, required: true, hint: 'write a path that the workers can read, or an http(s) address' },
    form: FORM,
    resolutionSeconds: wholeNumber(1, 3_600),
    maxRefused: wholeNumber(0, 1_000_000_000),
    concurrency: wholeNumber(1, 16),
    verify: FLAG,
    seen: WORDS,
  };
  const example = '{"dataset": "swissgrid.frequency", "file": "/data/frequency-2023.csv"}';
  const load = read<LoadFileInput>('loadFile', input, fields, example);
  if (/^https?:\/\//.test(load.file) || load.file.startsWith('/')) return load;
  throw new Failure(
    'BAD_INPUT',
    `loadFile: "file" is "${load.file}": write a path that begins with /, or an http(s) address. Example: ${example}`,
  );
}

/** A part of a file: whole lines. Bytes count from 0, half-open; lines from 1. */
export interface FileRange {
  readonly byteFrom: number;
  readonly byteTo: number;
  readonly firstLine: number;
  /** Hash of the bytes, in hex, as they were when the file was registered. */
  readonly sha256: string;
  /** The delivery days of these lines; absent for records, which are in no order. */
  readonly firstDay?: CivilDay;
  readonly lastDay?: CivilDay;
}

/** A part of a file of points: whole delivery days. */
export interface DaysOfFile extends FileRange {
  readonly firstDay: CivilDay;
  readonly lastDay: CivilDay;
}

/** Name of a range: its days, or its first line. */
export function nameOfRange({ firstDay, lastDay, firstLine }: FileRange): string {
  return firstDay && lastDay ? `${firstDay}..${lastDay}` : `from line ${firstLine}`;
}

/** The result of `registerFile`. */
export interface RegisteredFile {
  readonly loadId: number;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly lines: number;
  /** When its bytes were read and hashed. */
  readonly registeredAt: string;
  /** Empty when an earlier load of it still stands. */
  readonly ranges: readonly FileRange[];
  /** The outcome of that load; null when there is something to load. */
  readonly result: LoadResult | null;
  /** Set where ranges are written one after the other, in file order. */
  readonly inOrder?: true;
}

/** Input of `loadRange`. */
export interface LoadRangeInput {
  readonly loadId: number;
  readonly range: FileRange;
  readonly maxRefused: number;
  readonly resolutionSeconds: number | null;
}

/** The outcome of a range. Counts are of lines and points. */
export interface LoadedRange {
  readonly lines: number;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  /** Points that were there already, with the same value. */
  readonly unchangedPoints: number;
  /** Lines without a point, and points that are quarantined, by rule. */
  readonly refused: Readonly<Record<string, number>>;
  /** Days by the state they are in now. */
  readonly days: Readonly<Partial<Record<DayState, number>>>;
}

/** The outcome of a file. */
export interface LoadResult extends LoadedRange {
  readonly summary: string;
}

/** Result of `loadFile`, and the answer to its query `progress`. */
export interface LoadProgress {
  readonly dataset: string;
  readonly file: string;
  /** `registering`: its bytes are read and hashed · `known`: the same file was loaded before, and nothing newer replaced it. */
  readonly stage: 'registering' | 'loading' | 'loaded' | 'known' | 'stopped';
  readonly sizeBytes: number;
  /** Lines of the file; 0 during registration. */
  readonly total: number;
  readonly done: number;
  /** Days in progress. */
  readonly running: readonly string[];
  readonly linesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly result: LoadedRange;
  /** Why the load stopped; null if it did not. */
  readonly stopped: string | null;
  readonly summary: string;
}

export const NOTHING_LOADED: LoadedRange = {
  lines: 0,
  newPoints: 0,
  revisedPoints: 0,
  nulledPoints: 0,
  unchangedPoints: 0,
  refused: {},
  days: {},
};

/** The sum of both. */
export function addLoaded(a: LoadedRange, b: LoadedRange): LoadedRange {
  return {
    lines: a.lines + b.lines,
    newPoints: a.newPoints + b.newPoints,
    revisedPoints: a.revisedPoints + b.revisedPoints,
    nulledPoints: a.nulledPoints + b.nulledPoints,
    unchangedPoints: a.unchangedPoints + b.unchangedPoints,
    refused: addCounts(a.refused, b.refused),
    days: addCounts(a.days, b.days),
  };
}

function addCounts<K extends string>(
  a: Readonly<Partial<Record<K, number>>>,
  b: Readonly<Partial<Record<K, number>>>,
): Record<K, number> {
  const sum = { ...a } as Record<K, number>;
  for (const [name, count] of Object.entries<number | undefined>(b))
    sum[name as K] = (sum[name as K] ?? 0) + (count ?? 0);
  return sum;
}

export function refusedOf({ refused }: LoadedRange): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** `31536000 lines: 31536000 points new; 365 days complete`. */
export function describeLoaded(loaded: LoadedRange): string {
  const { lines, newPoints, revisedPoints, nulledPoints, unchangedPoints, refused, days } = loaded;
  const points = [
    [newPoints, 'new'],
    [revisedPoints, 'changed'],
    [nulledPoints, 'withdrawn to null'],
    [unchangedPoints, 'unchanged'],
  ] as const;
  const moved = points.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const reasons = Object.entries(refused).map(([rule, count]) => `${count} ${rule}`);
  const states = Object.entries(days).map(([state, count]) => `${count} ${state.replace('_', ' ')}`);
  return [
    `${lines} lines: ${moved.length > 0 ? `points ${moved.join(', ')}` : 'no points'}`,
    ...(reasons.length > 0 ? [`refused ${reasons.join(', ')}`] : []),
    ...(states.length > 0 ? [`days ${states.join(', ')}`] : []),
  ].join('; ');
}
