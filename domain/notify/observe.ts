/** Compares the current problems of the system with the open incidents. Pure. */
import type { EventKind, NewEvent } from './event.ts';
import { type Incident, incidentEvent } from './incident.ts';

/** A current problem. */
export interface Observation {
  readonly kind: EventKind;
  readonly dataset: string | null;
  /** What it concerns: a process, a run, a subscription; empty where kind and dataset say it. */
  readonly subject: string;
  readonly summary: string;
}

/**
 * Begins and ends incidents to match the observations.
 * @param looked the kinds that were checked: other incidents stay open.
 * @param incidents the open ones; changed in place, new ones are added.
 */
export function observe(
  observed: readonly Observation[],
  looked: readonly EventKind[],
  incidents: Incident[],
  at: Date,
): NewEvent[] {
  const placeOf = ({ kind, dataset, subject }: Pick<Observation, 'kind' | 'dataset' | 'subject'>) =>
    JSON.stringify([kind, dataset, subject]);
  const now = new Set(observed.map(placeOf));
  const open = incidents.filter(({ kind, endedAt }) => endedAt === null && looked.includes(kind));
  const over = open.filter((each) => !now.has(placeOf(each)));
  for (const each of over) each.endedAt = at;
  const before = new Set(open.map(placeOf));
  const begun = observed.filter((each) => !before.has(placeOf(each))).map((each) => begin(each, at));
  incidents.push(...begun);
  return [
    ...over.map((each) => incidentEvent(each, 'ended', at)),
    ...begun.map((each) => incidentEvent(each, 'began', at)),
  ];
}

function begin({ kind, dataset, subject, summary }: Observation, at: Date): Incident {
  const key = [kind, dataset, subject, at.toISOString()].filter(Boolean).join(':');
  const none = { days: [], openDays: [], endedAt: null };
  return { id: null, kind, dataset, subject, key, beganAt: at, grewAt: at, ...none, summary };
}
