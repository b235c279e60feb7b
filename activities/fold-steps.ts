/** What a day is made of, in order of time: payloads, and decisions that were taken together. */
import type { Sql } from '../db/client.ts';
import { decisionsOfDay, type StoredDecision } from '../db/queries/decisions.ts';
import type { DayScope } from '../db/queries/observations.ts';
import { type FoldEntry, payloadsOfDay } from '../db/queries/payloads.ts';

export interface Step {
  /** When it became known. */
  readonly at: Date;
  /** The last instant at which it is known to be true: the deadline is judged by it. */
  readonly trueAt: Date;
  readonly isFolded: boolean;
  /** Either a payload or decisions. */
  readonly payload?: FoldEntry;
  readonly decisions?: readonly StoredDecision[];
}

/** What came before a step. */
export interface Past {
  readonly payloads: FoldEntry[];
  readonly decisions: StoredDecision[];
}

/** The steps of a day, oldest first. */
export async function stepsOf(sql: Sql, scope: DayScope): Promise<Step[]> {
  const payloads = (await payloadsOfDay(sql, scope.dataset, scope.day)).map(stepOfPayload);
  const decisions = stepsOfDecisions(await decisionsOfDay(sql, scope));
  const steps = [...payloads, ...decisions].sort((a, b) => a.at.getTime() - b.at.getTime());
  // A payload may have been seen again after a decision: what stands in the end is judged by the latest instant.
  const trueAt = new Date(Math.max(...steps.map((step) => step.trueAt.getTime())));
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, trueAt } : step));
}

export function stepOfPayload(payload: FoldEntry): Step {
  const { fetchedAt, lastSeenAt, kind } = payload;
  return { at: fetchedAt, trueAt: lastSeenAt, isFolded: kind !== null, payload };
}

export function stepsOfDecisions(all: readonly StoredDecision[]): Step[] {
  const instants = [...new Set(all.map(({ decidedAt }) => decidedAt.getTime()))];
  return instants.map((ms) => {
    const decisions = all.filter(({ decidedAt }) => decidedAt.getTime() === ms);
    const isFolded = decisions.every(({ folded }) => folded);
    return { at: new Date(ms), trueAt: new Date(ms), isFolded, decisions };
  });
}

/** When the source was last heard; undefined when it never was. */
export function lastHeard(steps: readonly Step[]): Date | undefined {
  const heard = steps.flatMap(({ payload }) => (payload ? [payload.lastSeenAt.getTime()] : []));
  return heard.length > 0 ? new Date(Math.max(...heard)) : undefined;
}

/** Folding goes on after the last folded step, or starts again when an older one has turned up before it. */
export function whereToStart(steps: readonly Step[]): { from: number; again: boolean } {
  const firstPending = steps.findIndex(({ isFolded }) => !isFolded);
  if (firstPending === -1) return { from: steps.length, again: false };
  const again = steps.slice(firstPending).some(({ isFolded }) => isFolded);
  return { from: again ? 0 : firstPending, again };
}
