/**
 * Inputs, plans and progress of backfills: plain JSON, because Temporal records them and people type them into the Web UI.
 * Instants are ISO strings, days `YYYY-MM-DD`, sets of days ranges: `["2026-10-21..2026-11-20", "2026-11-03"]`.
 */

import type { DayState } from '../days/ledger.ts';
import type { CivilDay } from '../time/civil-day.ts';

/** The order in which a backfill takes its days. */
export const ORDERS = ['newest', 'oldest'] as const;
export type Order = (typeof ORDERS)[number];

/** Kinds of days that a backfill can select; `missing`: nothing is known of the day yet, or it is in progress. */
export const CHOICES = ['missing', 'late', 'partial', 'quarantined', 'failed'] as const;
export type Choice = (typeof CHOICES)[number];

/** Input of `backfill`. People who start one need the first three. */
export interface BackfillInput {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  /**
   * `incomplete`: days that are not complete yet · `all`: every day of the range · `missed`: what polling should have requested by now, as
   * polling itself starts one. @default 'incomplete'
   */
  readonly days?: 'incomplete' | 'all' | 'missed';
  /** Only days of these kinds. This and the next three options add up: a day that any of them matches is chosen. */
  readonly only?: readonly Choice[];
  /** Days not requested from the source since this instant. */
  readonly notCheckedSince?: string;
  /** Days whose values changed at this instant or later. */
  readonly changedSince?: string;
  /** Days with bytes that were read by a decoder older than this version: decoded again, without a request to the source. */
  readonly decoderOlderThan?: number;
  /** Days in progress at once, 1 to 200. @default 16 */
  readonly concurrency?: number;
  /** @default 'newest' */
  readonly order?: Order;
  /** Pause after this many failed days. @default never */
  readonly stopAfterFailures?: number;
  /** Make the plan and wait for `resume`. @default false */
  readonly paused?: boolean;
}

/** `skip`: left alone · `fetch`: requested · `rebuild`: folded again from its stored bytes. */
export const ACTIONS = ['fetch', 'rebuild', 'skip'] as const;
export type Action = (typeof ACTIONS)[number];

/** Why a day is planned this way. */
export type Reason =
  | Choice
  | 'all'
  | 'not checked since'
  | 'changed since'
  | 'older decoder'
  | 'missed'
  | 'not requested'
  | 'not open yet'
  | 'complete'
  | 'absent';

/** What is to be done about one day. */
export interface PlannedDay {
  readonly day: CivilDay;
  /** In the ledger; null without a row. */
  readonly state: DayState | null;
  readonly reason: Reason;
  readonly action: Action;
  /** Points that are expected and missing; 0 for days that are left alone. */
  readonly rows: number;
}

/** A plan in short. */
export interface PlanSummary {
  readonly days: number;
  /** Requests to the source, not counting retries. */
  readonly requests: number;
  /** How long they take within the source's quota, if nothing else uses it. */
  readonly minutes: number;
  readonly rows: number;
  /** Which days, by action and reason: `{"fetch": {"missing": ["2026-10-21..2026-11-20"]}}`. */
  readonly actions: Readonly<Partial<Record<Action, Readonly<Partial<Record<Reason, readonly string[]>>>>>>;
}

/** What the planning step gives the workflow. */
export interface BackfillPlan {
  /** Days to do, in the requested order. */
  readonly days: readonly CivilDay[];
  /** Those of them that are folded again from their bytes, as ranges. */
  readonly rebuild?: readonly string[];
  /** Days to fetch that one request may cover together, two or more each. */
  readonly batches?: readonly (readonly CivilDay[])[];
  /** Days of the range that are complete already and are left alone, as ranges. */
  readonly complete: readonly string[];
  /** Days of the range that a person declared absent and that are left alone, as ranges. */
  readonly absent?: readonly string[];
  /** Days of the range that cannot be requested yet, as ranges. */
  readonly scheduled?: readonly string[];
  /** How many days the backfill covers: the range, or the days that were chosen from it. */
  readonly total?: number;
  readonly summary?: PlanSummary;
}

/** Result of `backfill`, and the answer to its query `progress`. */
export interface BackfillProgress {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  /** Days of the range, or the days that were chosen from it. */
  readonly total: number;
  /** Days that are done, whatever their outcome, including those that are left alone. */
  readonly done: number;
  readonly running: readonly CivilDay[];
  /** Every done day's outcome, as ranges: `{"complete": ["2026-10-21..2026-11-20"], "late": ["2026-11-03"]}`. */
  readonly outcomes: Readonly<Partial<Record<DayState, readonly string[]>>>;
  /** Why days failed, at most 50 of them. */
  readonly errors: Readonly<Record<CivilDay, string>>;
  /** `31 of 31 days complete`. */
  readonly summary: string;
  /** Points that were new or changed. */
  readonly rows: number;
  /** Days that a person took out, as ranges, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Why it is paused; null while it runs. */
  readonly paused: string | null;
  /** Whether it paused itself because too many days failed, and not on request. */
  readonly pausedItself: boolean;
  readonly concurrency: number;
  readonly order: Order;
  /** Days done per minute since it began, pauses left out; null before the first. */
  readonly daysPerMinute: number | null;
  /** At that rate; null when unknown. */
  readonly minutesLeft: number | null;
  /** What a person should do about the days with problems; empty when there is nothing to do. */
  readonly next: readonly string[];
}

/** Update and signal `pause`. */
export interface PauseInput {
  readonly reason: string;
  readonly by?: string;
}

/** Update and signal `resume`. */
export interface ResumeInput {
  readonly reason?: string;
  readonly by?: string;
}

/** Update and signal `steer`: omitted fields stay as they are. */
export interface SteerInput {
  readonly concurrency?: number;
  readonly order?: Order;
  /** 0: never. */
  readonly stopAfterFailures?: number;
}

/** Update and signal `skip`: days that have not begun are left alone. */
export interface SkipInput {
  /** Days or ranges of them. */
  readonly days: readonly string[];
  readonly reason: string;
  readonly by?: string;
}
