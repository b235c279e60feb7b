/** The contract tests of a dataset: named cases for any test runner. */
import type { Reading } from '../../datasets/recordings.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { Example } from '../../domain/dataset/example.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Answer, RequestOptions } from '../../domain/dataset/pull.ts';
import { answerToDay } from '../../domain/interpret/interpret.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

export interface ContractCase {
  /** What must hold, as a sentence. */
  readonly name: string;
  /** @throws Error that says what does not hold */
  run(): void | Promise<void>;
}

/** A dataset, and the material for its tests. */
export interface Subject<T extends Dataset = Dataset> {
  readonly dataset: T;
  /** What its source sends: from its author, or generated from the definition. */
  readonly example: Example | undefined;
  readonly isMade: boolean;
  readonly recordings: readonly Recorded[];
  /** Runs of each property; datasets of one source share theirs. */
  runs(wanted: number): number;
}

export type PulledSubject = Subject<PulledPoints>;

/** A recorded answer. */
export interface Recorded {
  readonly unit: CivilDay;
  readonly content: Uint8Array;
  readonly part?: string;
  /** Why it lacks expected values, or has those of other days, where its source sent no other answer. */
  readonly incomplete?: string;
  /** It need not be the answer to a request for this day alone: others may be in it. */
  readonly isWider?: true;
  /** What it read as when it was recorded. */
  readonly reading?: Reading;
  /** What a decoder gets to know about it. */
  readonly about: Partial<Answer>;
}

/** The request for a day; if it takes several, for the first of its parts. */
export function requestOptionsOf({ pull }: PulledPoints, day: CivilDay): RequestOptions {
  return { part: pull.parts?.of(day, {})[0] ?? '', settings: {} };
}

/** What a decoder gets to know about a response to a single day. */
export function answerFor(dataset: PulledPoints, day: CivilDay): Answer {
  return answerToDay(dataset, day, { part: requestOptionsOf(dataset, day).part });
}

/** An ordinary day. */
export const DAY = '2026-11-20';

/** Both clock changes, days beside them, leap day, turn of the year. */
const DAYS = [
  ...['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26'],
  ...['2024-02-29', '2025-12-31'],
];

export function specialDays({ firstDay }: Dataset): string[] {
  return [firstDay, ...DAYS.filter((day) => day > firstDay)];
}
