/** Compares what needs a person with what a receiver was told of it. Pure. */
import { type CivilDay, daysFrom } from '../time/civil-day.ts';
import type { Cause, Incident } from './incident.ts';

/** An incident that a receiver is told of and that was not over when it was last checked. */
export interface OpenTold {
  readonly id: string;
  readonly cause: Cause;
  readonly dataset: string | null;
  readonly subject: string;
  /** Days that belong to it, past and present. */
  readonly days: readonly CivilDay[];
  /** Whether it opened so lately that all days that go wrong now belong to it. */
  readonly isFresh: boolean;
}

export interface Plan {
  readonly opened: readonly Incident[];
  /** Days that joined an incident that was told: nobody is told again. */
  readonly grown: readonly { readonly id: string; readonly days: readonly CivilDay[] }[];
  readonly over: readonly string[];
}

/** In some datasets, weekends and holidays lie between days. */
const ADJACENT_DAYS = 4;

/**
 * What to tell a receiver. An old problem hides no new one: a day far from those that were told opens another incident.
 * @param unknown causes that could not be checked: what was told of them stays as it is.
 */
export function planFor(
  current: readonly Incident[],
  unknown: readonly Cause[],
  told: readonly OpenTold[],
): Plan {
  const places = new Map(current.map((incident) => [placeOf(incident), incident]));
  const isOver = (each: OpenTold) =>
    !unknown.includes(each.cause) && !isStillSo(places.get(placeOf(each)), each);
  const open = told.filter((each) => !isOver(each));
  const plans = current.map((incident) =>
    planIncident(
      incident,
      open.filter((each) => placeOf(each) === placeOf(incident)),
    ),
  );
  return {
    opened: plans.flatMap(({ opened }) => opened),
    grown: plans.flatMap(({ grown }) => grown),
    over: told.filter(isOver).map(({ id }) => id),
  };
}

function placeOf({ cause, dataset, subject }: Pick<Incident, 'cause' | 'dataset' | 'subject'>): string {
  return JSON.stringify([cause, dataset, subject]);
}

function isStillSo(incident: Incident | undefined, { days }: OpenTold): boolean {
  if (!incident) return false;
  return days.length === 0 || days.some((day) => incident.days.includes(day));
}

function planIncident(incident: Incident, told: readonly OpenTold[]): Omit<Plan, 'over'> {
  if (incident.days.length === 0) return { opened: told.length > 0 ? [] : [incident], grown: [] };
  const groups = told.map((each) => ({ ...each, days: [...each.days] }));
  const isIn = (day: CivilDay) => groups.some(({ days }) => days.includes(day));
  // In both directions, because a day may join by way of another.
  for (const day of [...incident.days, ...incident.days.toReversed()])
    if (!isIn(day)) groups.find(({ days }) => days.some((each) => isNear(each, day)))?.days.push(day);
  const left = incident.days.filter((day) => !isIn(day));
  const fresh = groups.find(({ isFresh }) => isFresh);
  fresh?.days.push(...left);
  const grown = groups.filter(({ days }, at) => days.length > (told[at]?.days.length ?? 0));
  return {
    opened: fresh || left.length === 0 ? [] : [{ ...incident, days: left }],
    grown: grown.map(({ id, days }) => ({ id, days: days.toSorted() })),
  };
}

function isNear(a: CivilDay, b: CivilDay): boolean {
  return Math.abs(daysFrom(a, b)) <= ADJACENT_DAYS;
}
