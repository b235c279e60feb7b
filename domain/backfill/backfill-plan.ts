/**
 * What a backfill would do about each day of its range, and why. Pure: the same request, knowledge and instant give the same plan, so the
 * command can show the workflow's plan before the run.
 */

import type { Quota } from '../dataset/facts.ts';
import type { PulledPoints } from '../dataset/points.ts';
import type { DayState } from '../days/ledger.ts';
import { missedDays } from '../days/polling.ts';
import { type CivilDay, eachDay } from '../time/civil-day.ts';
import { toRanges } from '../time/day-ranges.ts';
import { expectedPoints, isOpen } from '../time/delivery-day.ts';
import type { Action, BackfillInput, Choice, PlannedDay, PlanSummary, Reason } from './backfill.ts';
import { isSelective } from './backfill-input.ts';

/** What is known of a day that has a row in the ledger. */
export interface KnownDay {
  readonly day: CivilDay;
  readonly state: DayState;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly lastCheckedAt: Date | null;
  /** When the source was last requested, successfully or not. */
  readonly lastRequestedAt: Date | null;
  readonly lastChangedAt: Date | null;
  /** The oldest decoder that read one of its payloads; null when none is read. */
  readonly decoderVersion: number | null;
}

/** A row per day of the range, in the requested order. */
export function planDays(
  dataset: PulledPoints,
  request: BackfillInput,
  known: readonly KnownDay[],
  nowMs: number,
): PlannedDay[] {
  const rows = new Map(known.map((row) => [row.day, row]));
  const missed = request.days === 'missed' ? missedOf(dataset, known, nowMs) : undefined;
  const days = eachDay(request.from, request.to).map((day) => {
    const row = rows.get(day);
    const state = row?.state ?? null;
    const { action, reason } = missed ? decideMissed(missed, day) : decide(dataset, request, day, row, nowMs);
    return { day, state, reason, action, rows: action === 'fetch' ? rowsToCome(dataset, day, row) : 0 };
  });
  return request.order === 'oldest' ? days : days.reverse();
}

/**
 * The plan in short.
 * @param requests how many requests the days to fetch need; some sources serve several days with one.
 */
export function summarize(days: readonly PlannedDay[], requests: number, quota: Quota): PlanSummary {
  const actions: Partial<Record<Action, Partial<Record<Reason, string[]>>>> = {};
  for (const { action, reason } of days) {
    actions[action] ??= {};
    actions[action][reason] ??= toRanges(
      days.filter((other) => other.action === action && other.reason === reason).map(({ day }) => day),
    );
  }
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  return { days: days.length, requests, minutes: minutesAtQuota(requests, quota), rows, actions };
}

/** The first window's requests go out at once, the next when the window is over. */
export function minutesAtQuota(
  requests: number,
  { requests: allowed, reservedForLive, windowMs }: Quota,
): number {
  if (requests === 0) return 0;
  const windows = Math.floor((requests - 1) / (allowed - reservedForLive));
  return Math.round((windows * windowMs) / 6_000) / 10;
}

function missedOf(dataset: PulledPoints, known: readonly KnownDay[], nowMs: number): ReadonlySet<CivilDay> {
  const checked = known.map(({ day, state, lastRequestedAt }) => {
    return { day, state, lastRequestedMs: lastRequestedAt?.getTime() ?? null };
  });
  return new Set(missedDays(dataset, checked, nowMs));
}

function decideMissed(missed: ReadonlySet<CivilDay>, day: CivilDay): { action: Action; reason: Reason } {
  return missed.has(day)
    ? { action: 'fetch', reason: 'missed' }
    : { action: 'skip', reason: 'not requested' };
}

function decide(
  dataset: PulledPoints,
  request: BackfillInput,
  day: CivilDay,
  row: KnownDay | undefined,
  nowMs: number,
): { action: Action; reason: Reason } {
  if (row?.state === 'absent' && request.days !== 'all') return { action: 'skip', reason: 'absent' };
  if (!isOpen(dataset, day, nowMs)) return { action: 'skip', reason: 'not open yet' };
  const reason = isSelective(request) ? chosenFor(request, row) : reasonInRange(request, row);
  if (reason === 'older decoder') return { action: 'rebuild', reason };
  const isLeftAlone = reason === 'complete' || reason === 'not requested';
  return { action: isLeftAlone ? 'skip' : 'fetch', reason };
}

function reasonInRange({ days }: BackfillInput, row: KnownDay | undefined): Reason {
  if (row?.state === 'complete') return days === 'all' ? 'all' : 'complete';
  return choiceOf(row) ?? 'all';
}

/** The first choice of the request that applies to the day. Reading again comes last: fetching again does it too. */
function chosenFor(
  { only = [], notCheckedSince, changedSince, decoderOlderThan }: BackfillInput,
  row: KnownDay | undefined,
): Reason {
  const choice = choiceOf(row);
  if (choice && only.includes(choice)) return choice;
  if (notCheckedSince && isBefore(row?.lastCheckedAt ?? null, notCheckedSince)) return 'not checked since';
  if (changedSince && row?.lastChangedAt && !isBefore(row.lastChangedAt, changedSince))
    return 'changed since';
  const version = row?.decoderVersion ?? null;
  if (decoderOlderThan && version !== null && version < decoderOlderThan) return 'older decoder';
  return 'not requested';
}

/** The choice that a day falls under; undefined for days without a problem. */
function choiceOf(row: KnownDay | undefined): Choice | undefined {
  if (row === undefined || MISSING.has(row.state)) return 'missing';
  const isSettled = row.state === 'complete' || row.state === 'absent';
  return isSettled ? undefined : (row.state as Choice);
}

const MISSING: ReadonlySet<DayState> = new Set(['scheduled', 'in_progress', 'awaiting']);

function isBefore(at: Date | null, instant: string): boolean {
  return at === null || at.getTime() < Date.parse(instant);
}

function rowsToCome(dataset: PulledPoints, day: CivilDay, row: KnownDay | undefined): number {
  const expected = row?.expectedPoints ?? expectedPoints(dataset, day, 0);
  return Math.max(0, expected - (row?.presentPoints ?? 0));
}
