/** The steps of a day in order of time: payloads, and decisions that were taken together. */
import type { Sql } from '../../db/connection/client.ts';
import { decisionsOfDay, type StoredDecision } from '../../db/queries/days/decisions.ts';
import { type FoldEntry, payloadsOfDay, pendingPayloads } from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';

export interface Step {
  /** When it was fetched, or decided. */
  readonly at: Date;
  /** The last instant at which it is known to hold: the deadline is judged by it. */
  readonly trueAt: Date;
  /** Its position in the order in which things became known; null until folded. */
  readonly changeId: number | null;
  /** Either a payload or decisions. */
  readonly payload?: FoldEntry;
  readonly decisions?: readonly StoredDecision[];
}

/** A step that has its position. */
export type PlacedStep = Step & { readonly changeId: number };

export const isFolded = (step: Step): step is PlacedStep => step.changeId !== null;

/** By part; where one request brings all of a unit, its part is empty. */
export type UsableByPart = ReadonlyMap<string, FoldEntry>;

/** What is needed of a unit to fold what is pending: a stream has thousands of payloads per unit. */
export interface OpenSteps {
  /** To be folded, in this order. */
  readonly steps: readonly Step[];
  /** All of the unit, oldest first. */
  readonly decisions: readonly StoredDecision[];
  /** The latest folded and usable payload of each part: the next one of the part is compared with it. */
  readonly usable: UsableByPart;
  /** The latest instant of what is folded; null when nothing is. */
  readonly foldedAt: Date | null;
  /** When the source last answered; null when it never did. */
  readonly lastResponseAt: Date | null;
}

/**
 * @param again whether all of it is to be folded, in the order in which it became known.
 * @param inParts whether units of the dataset take several requests.
 */
export async function openSteps(
  sql: Sql,
  { dataset, day }: Pick<DayScope, 'dataset' | 'day'>,
  again: boolean,
  inParts = false,
): Promise<OpenSteps> {
  const {
    pending,
    usable,
    foldedAt,
    lastSeenAt: lastResponseAt,
  } = await pendingPayloads(sql, dataset, day, inParts);
  const decisions = await decisionsOfDay(sql, { dataset, day });
  const payloads = again ? await payloadsOfDay(sql, dataset, day) : pending;
  const taken = again ? decisions : decisions.filter(({ changeId }) => changeId === null);
  const steps = inOrderOfTime([...payloads.map(stepOfPayload), ...stepsOfDecisions(taken)], lastResponseAt);
  if (again)
    return { steps: inOrderOfKnowledge(steps), decisions, usable: new Map(), foldedAt: null, lastResponseAt };
  const folded = decisions.filter(({ changeId }) => changeId !== null).map(({ decidedAt }) => decidedAt);
  return {
    steps,
    decisions,
    usable: new Map(usable.map((entry) => [entry.part, entry])),
    foldedAt: latest([...folded, ...(foldedAt ? [foldedAt] : [])]),
    lastResponseAt,
  };
}

/** The latest of some instants; null if there are none. */
export function latest(instants: readonly Date[]): Date | null {
  return instants.length > 0 ? new Date(Math.max(...instants.map((at) => at.getTime()))) : null;
}

/** Every step of a day that is folded, oldest first. */
export async function foldedSteps(sql: Sql, scope: DayScope): Promise<PlacedStep[]> {
  const payloads = (await payloadsOfDay(sql, scope.dataset, scope.day)).map(stepOfPayload);
  const decisions = stepsOfDecisions(await decisionsOfDay(sql, scope));
  return inOrderOfTime([...payloads, ...decisions].filter(isFolded));
}

/**
 * Oldest first. A payload may have been seen again after a decision: the final state is judged by the latest instant.
 * @param lastResponseAt when the source last answered, even if that step is not among them.
 */
export function inOrderOfTime<S extends Step>(steps: readonly S[], lastResponseAt: Date | null = null): S[] {
  const sorted = steps.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const trueAt = latest([
    ...sorted.map((step) => step.trueAt),
    ...(lastResponseAt ? [lastResponseAt] : []),
  ]) as Date;
  return sorted.map((step, index) => (index === sorted.length - 1 ? { ...step, trueAt } : step));
}

/** In the order in which they became known; what has yet to be folded comes last, oldest first. */
function inOrderOfKnowledge(steps: readonly Step[]): Step[] {
  const place = ({ changeId }: Step) => changeId ?? Number.POSITIVE_INFINITY;
  // Infinity minus infinity is no number.
  return steps.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function stepOfPayload(payload: FoldEntry): Step {
  const { fetchedAt, lastSeenAt, changeId } = payload;
  return { at: fetchedAt, trueAt: lastSeenAt, changeId, payload };
}

function stepsOfDecisions(all: readonly StoredDecision[]): Step[] {
  const instants = [...new Set(all.map(({ decidedAt }) => decidedAt.getTime()))];
  return instants.map((ms) => {
    const decisions = all.filter(({ decidedAt }) => decidedAt.getTime() === ms);
    const at = new Date(ms);
    return { at, trueAt: at, changeId: decisions[0]?.changeId ?? null, decisions };
  });
}
