/**
 * Inputs and outputs of workflows and activities: plain JSON, because Temporal records them and people type them into
 * the Web UI. Instants are ISO strings, days `YYYY-MM-DD`, durations milliseconds.
 */

import type { DayState } from '../days/ledger.ts';
import type { DecisionVerb } from '../interpret/decision.ts';
import type { CivilDay } from '../time/civil-day.ts';
import type { Urgency } from './urgency.ts';

/** What started a run. */
export const TRIGGERS = ['schedule', 'backfill', 'person'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Input of `ingestDay`. */
export interface IngestDayInput {
  readonly dataset: string;
  readonly day: CivilDay;
  /** @default 'person' */
  readonly trigger?: Trigger;
  /** The backfill that started it, if any. */
  readonly backfillId?: string;
  /**
   * Whether to stay until the day is published or its deadline has passed.
   * @default true, except for backfills
   */
  readonly wait?: boolean;
  /** A stored response that covers this day among others, from `fetchBatch`: a hint for backfills. People leave it out. */
  readonly answerId?: number;
  /** The same by part, where a day takes several requests. */
  readonly answerIds?: AnswersByPart;
}

/** Stored responses to batch requests, by part. */
export type AnswersByPart = Readonly<Record<string, number>>;

/** The outcome of one poll attempt for a delivery day. Result of `ingestDay` and of the writing activities. */
export interface DayOutcome {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly state: DayState;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  /** How often the day's values were revised since they were first published. */
  readonly revision: number;
  /** Points written by this attempt. */
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  /** One sentence for people. */
  readonly summary: string;
  /** When to poll again while nothing is published, milliseconds from now; null when there is no need to wait. */
  readonly pollAgainInMs: number | null;
  /** True when another run was already working on the day and this outcome is that run's. */
  readonly joined?: boolean;
  /** The run of this day before this outcome's. */
  readonly runBefore?: EarlierRun;
}

/** A run as a later one of the same day refers to it. */
export interface EarlierRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly startedAt: string;
  /** Null while it runs, and if it ended without an outcome. */
  readonly outcome: DayState | null;
  readonly error: string | null;
}

/** The claim check of a fetch: the bytes stay in the database. */
export type FetchedDay =
  | { readonly kind: 'not-due'; readonly outcome: DayOutcome }
  | StoredResponse
  | PartsOfDay;

/** Bytes from a request. */
export interface StoredResponse {
  readonly kind: 'stored';
  readonly payloadId: number;
  /** The bytes equal those of the day's last payload, or the source said so (304). */
  readonly unchanged: boolean;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly fetchedAt: string;
}

/** A day that takes several requests. */
export interface PartsOfDay {
  readonly kind: 'parts';
  /** Those taken from stored responses to batch requests. */
  readonly stored: readonly StoredResponse[];
  /** Parts yet to be requested, each by a `fetchDay` of its own. */
  readonly parts: readonly string[];
}

/** Input of `validateDay`: the payload of a day, or those of its parts. */
export interface PayloadsToValidate {
  readonly payloadIds: readonly number[];
}

/** The result of validating a payload: counts only, the findings are written with the data. */
export interface ValidationResult {
  readonly kind: 'empty' | 'refused' | 'points';
  readonly points: number;
  readonly series: number;
  /** Number of findings by rule. */
  readonly findings: Readonly<Record<string, number>>;
  readonly summary: string;
}

/** One attempt as activities see it. */
export interface Attempt {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly trigger: Trigger;
  readonly backfillId: string | null;
  /** A stored response to use instead of a request, unless it is gone or there was a newer response. */
  readonly answerId?: number;
  /** The same by part, where a day takes several requests. */
  readonly answerIds?: AnswersByPart;
  /** The part to request; without it, the result for a day that takes several requests is its parts. */
  readonly part?: string;
}

/** Input of `fetchDay`. */
export interface DayRequest extends Attempt {
  readonly urgency: Urgency;
}

/** Input of `fetchBatch`: adjacent days that one request may cover (domain/days/batches.ts), in any order. */
export interface FetchBatchInput {
  readonly dataset: string;
  readonly days: readonly CivilDay[];
  readonly backfillId: string | null;
  readonly urgency: Urgency;
  /** The part to request; without it, the result for days that take several requests is their parts. */
  readonly part?: string;
}

/** A response for the days to use, or why each of them has to be requested by itself. */
export type FetchedBatch =
  | {
      readonly answerId: number;
      readonly sizeBytes: number;
      /** Set where only some of the days may use it. */
      readonly days?: readonly CivilDay[];
    }
  | {
      readonly answerId: null;
      readonly reason: string;
      /** Set where the source refused this many days, and said how many it allows. */
      readonly daysAllowed?: number;
    }
  /** The parts of these days, to be requested one by one. */
  | { readonly answerId: null; readonly parts: readonly string[] };

/** Input of the fallback step. */
export interface FailedAttempt extends Attempt {
  readonly code: string;
  readonly message: string;
}

/** Input of `pollDataset` and `maintainStorage`. */
export interface PollDatasetInput {
  readonly dataset: string;
}

/** What a poll has to start. */
export interface PollPlan {
  /** Days to request now, newest first. */
  readonly due: readonly CivilDay[];
  /** Where many days were missed: the range of the backfill that catches up on them. */
  readonly missed?: { readonly from: CivilDay; readonly to: CivilDay };
}

/** Result of `pollDataset`. */
export interface PollOutcome {
  readonly dataset: string;
  /** Days for which a run was started. */
  readonly started: readonly CivilDay[];
  /** Days that another run is already working on. */
  readonly running: readonly CivilDay[];
  /** The backfill that catches up on missed days; it may have been running already. */
  readonly backfill?: string;
  readonly summary: string;
}

/** Result of `maintainStorage`. */
export interface MaintenanceOutcome {
  readonly dataset: string;
  /** Days whose values were dropped. */
  readonly droppedDays: number;
  /** Chunks compressed by now. */
  readonly compressedChunks: number;
  readonly summary: string;
}

/** Input of `decideDay`. */
export interface DecideDayInput {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly decision: DecisionVerb;
  /** Ids of findings; for `release` and `waive` either these or a rule. */
  readonly findings?: readonly number[];
  /** All findings of this rule on that day. */
  readonly rule?: string;
  /** Who decides. */
  readonly by: string;
  /** Why. */
  readonly reason: string;
}

/** Input of `rebuild`. */
export interface RebuildInput {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  /** Only days with a payload that was decoded by a version older than this. */
  readonly decoderOlderThan?: number;
  /** Only count what would change. */
  readonly dryRun?: boolean;
}

/** Input of the activity `rebuildDay`. */
export interface RebuildDayInput {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly dryRun: boolean;
}

/** How a rebuild changed a day, or would. */
export interface RebuiltDay {
  readonly day: CivilDay;
  /** State in the ledger; null when it had none. */
  readonly before: DayState | null;
  readonly after: DayState;
  /** Current values that differ: changed, new or gone. */
  readonly values: number;
  /** Versions that are in only one of the two. */
  readonly versions: number;
  /** Findings that are in only one of the two. */
  readonly findings: number;
  /** Counts of the ledger that differ. */
  readonly counts: number;
  /** A few of them: `border_AT_CZ 2026-11-20T10:00:00.000Z: 12 becomes 13`. */
  readonly examples: readonly string[];
}

/** Result of `rebuild`, and the answer to its query `progress`. */
export interface RebuildProgress {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly dryRun: boolean;
  /** Days with something to fold. */
  readonly total: number;
  readonly done: number;
  readonly running: readonly CivilDay[];
  /** How many days came out differently. */
  readonly differing: number;
  /** Those days, at most 100 of them. */
  readonly differences: readonly RebuiltDay[];
  /** Why days could not be rebuilt, at most 50 of them. */
  readonly errors: Readonly<Record<CivilDay, string>>;
  /** `31 of 31 days rebuilt, 2 differ`. */
  readonly summary: string;
}

/** Input of `drainInbox`, the workflow and its activity. */
export interface DrainInboxInput {
  readonly dataset: string;
}

/** What one shift of draining did. */
export interface DrainedInbox {
  readonly dataset: string;
  readonly lines: number;
  readonly payloads: number;
  /** Lines that became findings. */
  readonly quarantined: number;
}

/** Input of `erasePerson` and of its activity `planErasure`: the person's identity stays in the database. */
export interface EraseInput {
  /** Id of the row in `ops.erasure`. */
  readonly erasure: number;
}

/** Result of `planErasure`. */
export interface ErasurePlan {
  readonly dataset: string;
  readonly dryRun: boolean;
  /** Units with payloads, ascending; none when it is finished. */
  readonly units: readonly CivilDay[];
}

/** Input of the activity `eraseUnit`. */
export interface EraseUnitInput extends EraseInput {
  readonly unit: CivilDay;
  /** Only count. */
  readonly look: boolean;
}

/** What was found in a unit, before anything was removed. */
export interface ErasedUnit {
  readonly unit: CivilDay;
  readonly payloads: number;
  /** Payloads with lines of that person. */
  readonly affected: number;
  readonly lines: number;
  /** Other lines that contain the id as a word. */
  readonly naming: number;
}

/** Input of the activity `finishErasure`: the result of the last scan. */
export interface FinishErasureInput extends EraseInput {
  readonly payloads: number;
  readonly affected: number;
  readonly lines: number;
  readonly naming: number;
}

/** What was removed, or for a dry run: what would be. */
export interface ErasureResult {
  readonly payloadsRead: number;
  readonly payloadsRewritten: number;
  readonly linesRemoved: number;
  readonly versionsRemoved: number;
  readonly findingsRemoved: number;
  /** Lines, versions and findings that still mention the person. */
  readonly leftOver: number;
  /** What was searched for, in words that do not reveal the person. */
  readonly searchedFor: string;
  /** Remaining lines that contain the id as a word, in another field than the one for persons. */
  readonly linesNaming: number;
}

/** Result of `erasePerson`, and the answer to its query `progress`. */
export interface ErasureProgress {
  readonly dataset: string;
  readonly dryRun: boolean;
  /** Units to scan in this round. */
  readonly total: number;
  readonly done: number;
  readonly running: readonly CivilDay[];
  readonly result: ErasureResult | null;
  readonly summary: string;
}

/** Result of the activity `planMessages`: ids of the messages that are due, one list for each receiver. */
export type PlannedMessages = readonly (readonly string[])[];

/** Input of the activity `sendMessage`. */
export interface SendMessageInput {
  readonly message: string;
}
