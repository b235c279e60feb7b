/** What a day is made of, in order of time: payloads, and decisions that were taken together. */
import type { Sql } from '../../db/connection/client.ts';
import { decisionsOfDay, type StoredDecision } from '../../db/queries/days/decisions.ts';
import { type FoldEntry, payloadsOfDay } from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';

export interface Step {
  /** When it was fetched, or decided. */
  readonly at: Date;
  /** The last instant at which it is known to be true: the deadline is judged by it. */
  readonly trueAt: Date;
  /** Its place in the order in which things became known; null until folded. */
  readonly changeId: number | null;
  /** Either a payload or decisions. */
  readonly payload?: FoldEntry;
  readonly decisions?: readonly StoredDecision[];
}

/** A step that has its place. */
export type PlacedStep = Step & { readonly changeId: number };

export const isFolded = (step: Step): step is PlacedStep => step.changeId !== null;

/** The steps of a day, oldest first. */
export async function stepsOf(sql: Sql, scope: DayScope): Promise<Step[]> {
  const payloads = (await payloadsOfDay(sql, scope.dataset, scope.day)).map(stepOfPayload);
  const decisions = stepsOfDecisions(await decisionsOfDay(sql, scope));
  return inOrderOfTime([...payloads, ...decisions]);
}

/** Oldest first. A payload may have been seen again after a decision: what stands in the end is judged by the latest instant. */
export function inOrderOfTime<S extends Step>(steps: readonly S[]): S[] {
  const sorted = steps.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const trueAt = new Date(Math.max(...sorted.map((step) => step.trueAt.getTime())));
  return sorted.map((step, index) => (index === sorted.length - 1 ? { ...step, trueAt } : step));
}

/** As they became known; what has yet to be folded comes last, oldest first. */
export function inOrderOfKnowledge(steps: readonly Step[]): Step[] {
  const place = ({ changeId }: Step) => changeId ?? Number.POSITIVE_INFINITY;
  // Infinity minus infinity is no number.
  return steps.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

export function stepOfPayload(payload: FoldEntry): Step {
  const { fetchedAt, lastSeenAt, changeId } = payload;
  return { at: fetchedAt, trueAt: lastSeenAt, changeId, payload };
}

export function stepsOfDecisions(all: readonly StoredDecision[]): Step[] {
  const instants = [...new Set(all.map(({ decidedAt }) => decidedAt.getTime()))];
  return instants.map((ms) => {
    const decisions = all.filter(({ decidedAt }) => decidedAt.getTime() === ms);
    const at = new Date(ms);
    return { at, trueAt: at, changeId: decisions[0]?.changeId ?? null, decisions };
  });
}

/** When the source last answered; undefined when it never did. */
export function lastHeard(steps: readonly Step[]): Date | undefined {
  const seen = steps.flatMap(({ payload }) => (payload ? [payload.lastSeenAt.getTime()] : []));
  return seen.length > 0 ? new Date(Math.max(...seen)) : undefined;
}
