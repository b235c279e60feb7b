/**
 * The states of a delivery day in the ledger, how a state follows from what is known, and which transitions are legal.
 * A missing cell in the table does not compile.
 */

export const DAY_STATES = [
  'scheduled',
  'in_progress',
  'awaiting',
  'late',
  'partial',
  'complete',
  'quarantined',
  'failed',
  'absent',
] as const;

export type DayState = (typeof DAY_STATES)[number];

/** One line per state, as `--help`, the docs and the Web UI say it. */
export const STATE_MEANING: Readonly<Record<DayState, string>> = {
  scheduled: 'not due yet; the source was not requested',
  in_progress:
    'the day is not over, its source is within its usual lag, or the files loaded cover only a part of it: the rest may still come',
  awaiting: 'requested; the source has nothing yet and the deadline has not passed',
  late: 'the deadline has passed and the source has nothing',
  partial: 'published, but expected points are missing',
  complete: 'all expected points are here',
  quarantined: 'a response, or a part of one, was rejected, or blocked points remain',
  failed: 'the last attempt ended in an error and nothing is known of the day',
  absent: 'will never exist; declared by a person',
};

/** States that need no attention. */
const FINE: ReadonlySet<DayState> = new Set(['scheduled', 'in_progress', 'awaiting', 'complete', 'absent']);

/** The word for a state in sentences: `in progress`. */
export function wordOf(state: DayState): string {
  return state.replace('_', ' ');
}

/** Whether a day is as it should be: complete, or not due yet. */
export function isFine(state: DayState): boolean {
  return FINE.has(state);
}

/** Whether all days are. @param byState what is known of the days in each state; nothing where there is none. */
export function areFine(byState: Readonly<Partial<Record<DayState, unknown>>>): boolean {
  return DAY_STATES.every((state) => isFine(state) || !byState[state]);
}

/** What a day's payloads amount to. */
export interface DayKnowledge {
  readonly expectedPoints: number;
  /** Points that were published, with a value or as null. */
  readonly publishedPoints: number;
  /** Points that have a value. */
  readonly presentPoints: number;
  /** Blocked points that no later payload has replaced. */
  readonly quarantinedPoints: number;
  /** The last response, or that to one of its parts, was rejected. */
  readonly answerRefused: boolean;
  /** The deadline had passed at the last request to the source. */
  readonly deadlinePassed: boolean;
  /**
   * What is missing may still come: the deadline, or the end of a day without one, lay ahead when it was last looked at; or what is missing
   * lies before or after the files that were loaded.
   */
  readonly isInProgress: boolean;
  /** A person declared that the day will never exist. Counts while nothing is published. */
  readonly declaredAbsent: boolean;
}

/**
 * The state that follows from what is known. Data outweighs attempts: a failed attempt at a day with points leaves its state alone and is
 * shown in the ledger's `error` and in the run.
 */
export function stateOf(known: DayKnowledge): DayState {
  if (known.quarantinedPoints > 0) return 'quarantined';
  if (known.publishedPoints > 0) {
    if (known.answerRefused) return 'quarantined';
    if (known.presentPoints >= known.expectedPoints) return 'complete';
    return known.isInProgress ? 'in_progress' : 'partial';
  }
  if (known.declaredAbsent) return 'absent';
  if (known.answerRefused) return 'quarantined';
  return known.deadlinePassed ? 'late' : 'awaiting';
}

/** The state after an attempt that brought no answer. */
export function stateAfterFailure(current: DayState | undefined): DayState {
  return current === undefined || NOTHING_KNOWN.has(current) ? 'failed' : current;
}

/** The state after learning that a day is not due yet. */
export function stateWhenNotDue(current: DayState | undefined): DayState {
  return current ?? 'scheduled';
}

const NOTHING_KNOWN: ReadonlySet<DayState> = new Set(['scheduled', 'awaiting', 'late', 'failed']);

type Row = readonly [boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean];
const Y = true;
const n = false;

/**
 * From each state (row) to each state (column, in the order of DAY_STATES). The tuple type makes a missing cell a compile error. A day with
 * points (`in_progress`, `partial`, `complete`) never returns to a state without. One whose deadline has passed is not in progress again; of
 * files it is where the points missing inside them came, and the rest is in none of them.
 */
const LEGAL: Readonly<Record<DayState, Row>> = {
  // to:       sched in_progress awaiting late partial complete quarantined failed absent
  scheduled: [Y, Y, Y, Y, Y, Y, Y, Y, Y],
  in_progress: [n, Y, n, n, Y, Y, Y, n, n],
  awaiting: [n, Y, Y, Y, Y, Y, Y, Y, Y],
  late: [n, Y, n, Y, Y, Y, Y, Y, Y],
  partial: [n, Y, n, n, Y, Y, Y, n, n],
  complete: [n, Y, n, n, Y, Y, Y, n, n],
  quarantined: [n, Y, Y, Y, Y, Y, Y, n, Y],
  failed: [n, Y, Y, Y, Y, Y, Y, Y, Y],
  absent: [n, Y, Y, Y, Y, Y, Y, n, Y],
};

/** Whether the ledger may go from one state to another. A day without a row may enter any state. */
export function isLegalTransition(from: DayState | undefined, to: DayState): boolean {
  return from === undefined || LEGAL[from][DAY_STATES.indexOf(to)] === true;
}

/** @throws Error naming both states when the transition is not legal: always our bug, never the source's. */
export function assertLegalTransition(from: DayState | undefined, to: DayState): void {
  if (!isLegalTransition(from, to)) throw new Error(`ledger: no legal transition from "${from}" to "${to}"`);
}
