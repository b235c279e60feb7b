/** Derives events from changes of days, in order. Pure: the same changes give the same keys. */
import type { DayState } from '../days/ledger.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { type EventKind, KINDS, type NewEvent, type Severity } from './event.ts';
import { dayEntered, dayLeft, type Incident, incidentEvent } from './incident.ts';

interface MoveOf {
  /** Ascending in the order of a day's changes. */
  readonly id: number;
  readonly dataset: string;
  readonly day: CivilDay;
  readonly at: Date;
}

/** The ledger row of a day has changed. */
export interface StateMove extends MoveOf {
  readonly what: 'state';
  readonly before: DayState | null;
  readonly after: DayState;
  readonly hadError: boolean;
  readonly error: string | null;
  /** The newest change of the same transaction, or of the day. */
  readonly change: DayChange | null;
}

export interface DayChange {
  readonly cursor: number;
  readonly kind: 'published' | 'revised' | 'corrected' | 'erased' | 'dropped';
  readonly knownAt: Date;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  readonly largestDifference: number | null;
  readonly largestRelative: number | null;
}

/** The feed has a new row. */
export interface ChangeMove extends MoveOf {
  readonly what: 'change';
  readonly change: DayChange;
}

/** A check found something. */
export interface FindingMove extends MoveOf {
  readonly what: 'finding';
  readonly rule: string;
  readonly severity: Severity;
  readonly findings: number;
  readonly reason: string;
  readonly payloadId: number | null;
}

export type Move = StateMove | ChangeMove | FindingMove;

/**
 * The events of these moves.
 * @param incidents the open ones; changed in place, new ones are added.
 */
export function eventsOf(moves: readonly Move[], incidents: Incident[]): NewEvent[] {
  const began = new Map<NewEvent, Incident>();
  const events = moves.flatMap((move) => {
    if (move.what === 'change') return changeEvents(move);
    if (move.what === 'finding') return findingEvents(move);
    return stateEvents(move, incidents, began);
  });
  // Days that joined an incident in the same batch are reported with its beginning.
  return events.map((event) => {
    const incident = began.get(event);
    return incident ? incidentEvent(incident, 'began', event.happenedAt) : event;
  });
}

function stateEvents(move: StateMove, incidents: Incident[], began: Map<NewEvent, Incident>): NewEvent[] {
  const { dataset, day, at } = move;
  const before = wrongOf(move.before, move.hadError);
  const after = wrongOf(move.after, move.error !== null);
  const events: NewEvent[] = [];
  for (const kind of before.filter((each) => !after.includes(each)))
    for (const ended of dayLeft(incidents, { kind, dataset, day, at }))
      events.push(incidentEvent(ended, 'ended', at));
  for (const kind of after.filter((each) => !before.includes(each))) {
    const entered = {
      kind,
      dataset,
      day,
      at,
      key: `${kind}:${dataset}:${day}:${move.id}`,
      summary: wrongMessage(kind, move),
    };
    const { incident, isNew } = dayEntered(incidents, entered);
    if (!isNew) continue;
    incidents.push(incident);
    const event = incidentEvent(incident, 'began', at);
    began.set(event, incident);
    events.push(event);
  }
  if (move.after === 'complete' && move.before !== 'complete')
    events.push(dayEvent('complete', move, move.change, `${dataset}: ${day} is complete`));
  return events;
}

/** What is wrong with a day: from its state, and whether the last attempt failed. */
function wrongOf(state: DayState | null, hasError: boolean): EventKind[] {
  const wrong: EventKind[] = [];
  if (state === 'late' || state === 'partial' || state === 'quarantined') wrong.push(state);
  if (state === 'failed' || hasError) wrong.push('failed');
  return wrong;
}

function wrongMessage(kind: EventKind, { dataset, day, error }: StateMove): string {
  const why = kind === 'failed' && error ? `: ${error}` : `: ${KINDS[kind].meaning}`;
  return `${dataset}: ${day} ${kind === 'failed' ? 'has failed' : `is ${kind}`}${why}`;
}

function changeEvents(move: ChangeMove): NewEvent[] {
  const { change, dataset, day } = move;
  const { kind, newPoints, revisedPoints, nulledPoints } = change;
  if (kind === 'corrected')
    return [dayEvent('corrected', move, change, `${dataset}: ${day} is read otherwise than before`)];
  if (kind !== 'revised' || newPoints + revisedPoints + nulledPoints === 0) return [];
  const counts = `${revisedPoints} values changed, ${nulledPoints} became null, ${newPoints} are new`;
  return [dayEvent('revised', move, change, `${dataset}: ${day} was revised: ${counts}${largest(change)}`)];
}

function largest({ largestDifference, largestRelative }: DayChange): string {
  if (largestDifference === null) return '';
  const share = largestRelative === null ? '' : ` (${(largestRelative * 100).toPrecision(3)} %)`;
  return `, by up to ${largestDifference}${share}`;
}

/** A query as of `known_at` returns exactly what is reported. */
function dayEvent(
  kind: 'complete' | 'revised' | 'corrected',
  { id, dataset, day, at }: MoveOf,
  change: DayChange | null,
  message: string,
): NewEvent {
  const { largestDifference = null, largestRelative = null } = change ?? {};
  const sized =
    kind === 'complete'
      ? { largestDifference: null, largestRelative: null }
      : { largestDifference, largestRelative };
  return {
    key: `${kind}:${dataset}:${day}:${id}`,
    ...{ kind, phase: 'happened', severity: 'info', dataset, day, ...sized, summary: message },
    happenedAt: change?.knownAt ?? at,
    details: change
      ? {
          ...{ change_cursor: change.cursor, known_at: change.knownAt.toISOString() },
          ...{
            new_points: change.newPoints,
            revised_points: change.revisedPoints,
            nulled_points: change.nulledPoints,
          },
        }
      : {},
  };
}

/** Quarantined points are an incident; findings without a payload are covered by the state. */
function findingEvents({
  dataset,
  day,
  at,
  rule,
  severity,
  findings,
  reason,
  payloadId,
}: FindingMove): NewEvent[] {
  if (payloadId === null || severity === 'block') return [];
  return [
    {
      key: `finding:${dataset}:${day}:${rule}:${payloadId}`,
      ...{ kind: 'finding', phase: 'happened', severity, dataset, day, happenedAt: at },
      ...{ largestDifference: null, largestRelative: null },
      summary: `${dataset}: ${day}: ${rule}: ${reason}${findings > 1 ? ` (and ${findings - 1} more)` : ''}`,
      details: { rule, findings, payload_id: payloadId },
    },
  ];
}
