/**
 * Incidents: problems that last. Days with the same problem, adjacent or within the same hour, are one, so that an outage of two hundred
 * days is one message; a day with an old problem does not hide new ones. Pure.
 */
import { type CivilDay, daysFrom } from '../time/civil-day.ts';
import { type EventKind, KINDS, type NewEvent } from './event.ts';

export interface Incident {
  /** Null until it is stored. */
  id: number | null;
  readonly kind: EventKind;
  readonly dataset: string | null;
  /** What it is about if not a day. */
  readonly subject: string;
  /** The event that began it. */
  readonly key: string;
  readonly beganAt: Date;
  grewAt: Date;
  endedAt: Date | null;
  /** Days affected so far, ascending; none for an incident of the system. */
  days: readonly CivilDay[];
  openDays: readonly CivilDay[];
  summary: string;
}

/** In some datasets, weekends and holidays lie between days. */
const ADJACENT_DAYS = 4;
const SAME_BURST_MS = 3_600_000;

/** A day now has the problem. @returns its incident, and whether that is a new one. */
export function dayEntered(
  open: readonly Incident[],
  {
    kind,
    dataset,
    day,
    at,
    key,
    summary,
  }: { kind: EventKind; dataset: string; day: CivilDay; at: Date; key: string; summary: string },
): { incident: Incident; isNew: boolean } {
  const found = open.find(
    (each) =>
      each.kind === kind && each.dataset === dataset && each.endedAt === null && belongs(each, day, at),
  );
  if (found) {
    found.days = withDay(found.days, day);
    found.openDays = withDay(found.openDays, day);
    found.grewAt = at;
    return { incident: found, isNew: false };
  }
  const days = [day];
  const began = { beganAt: at, grewAt: at, endedAt: null, days, openDays: days, summary };
  return { incident: { id: null, kind, dataset, subject: '', key, ...began }, isNew: true };
}

/** A day no longer has the problem. @returns the incidents that end with it. */
export function dayLeft(
  open: readonly Incident[],
  { kind, dataset, day, at }: { kind: EventKind; dataset: string; day: CivilDay; at: Date },
): Incident[] {
  const its = open.filter(
    (each) =>
      each.kind === kind && each.dataset === dataset && each.endedAt === null && each.openDays.includes(day),
  );
  for (const each of its) {
    each.openDays = each.openDays.filter((other) => other !== day);
    if (each.openDays.length === 0) each.endedAt = at;
  }
  return its.filter(({ endedAt }) => endedAt !== null);
}

/** The event for its beginning or end. */
export function incidentEvent(incident: Incident, phase: 'began' | 'ended', at: Date): NewEvent {
  const { kind, dataset, subject, key, days, beganAt } = incident;
  const { severity } = KINDS[kind];
  return {
    key: phase === 'began' ? key : `${key}:ended`,
    ...{ kind, phase, severity: phase === 'ended' ? 'info' : severity, dataset },
    day: days[0] ?? null,
    happenedAt: at,
    largestDifference: null,
    largestRelative: null,
    summary: phase === 'began' ? beganSummary(incident) : endedSummary(incident),
    details: {
      incident: key,
      ...(subject ? { subject } : {}),
      ...(days.length > 0 ? { days } : {}),
      ...(phase === 'ended' ? { began_at: beganAt.toISOString() } : {}),
    },
  };
}

function belongs({ openDays, grewAt }: Incident, day: CivilDay, at: Date): boolean {
  if (at.getTime() - grewAt.getTime() <= SAME_BURST_MS) return true;
  return openDays.some((open) => Math.abs(daysFrom(open, day)) <= ADJACENT_DAYS);
}

function beganSummary({ dataset, days, summary: text, openDays }: Incident): string {
  if (days.length <= 1) return text;
  return `${dataset}: ${text.slice(text.indexOf(': ') + 2)}; ${openDays.length} days so far (${span(days)})`;
}

function endedSummary({ kind, dataset, subject, days, beganAt }: Incident): string {
  const since = `since ${beganAt.toISOString()}`;
  const what = kind.replaceAll('_', ' ');
  if (days.length === 0)
    return `over: ${what}${dataset ? ` of ${dataset}` : ''}${subject ? ` (${subject})` : ''}, ${since}`;
  const which = days.length === 1 ? `${days[0]} is` : `${days.length} days (${span(days)}) are`;
  return `${dataset}: ${which} ${what} no more, ${since}`;
}

function span(days: readonly CivilDay[]): string {
  return `${days[0]} to ${days.at(-1)}`;
}

function withDay(days: readonly CivilDay[], day: CivilDay): readonly CivilDay[] {
  return days.includes(day) ? days : [...days, day].sort();
}
