/** One sentence about a day, the same in the terminal, the Web UI and the logs. */
import type { CivilDay } from '../time/civil-day.ts';
import { type DayState, wordOf } from './ledger.ts';

export interface DayFigures {
  readonly day: CivilDay;
  readonly state: DayState;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  /** How many points of a day in progress were due when it was last looked at. */
  readonly duePoints: number | null;
  /** Until when they may come in time; null of a day in progress of which files cover a part. */
  readonly dueAt: Date | null;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
}

/** `2026-11-20 is complete: 3600 of 3600 points; 3600 new`. */
export function describeDay(figures: DayFigures): string {
  return [...countsOf(figures), ...movements(figures)].join('; ');
}

/** How a day stands according to the ledger. */
export interface LedgerFigures extends Omit<DayFigures, 'newPoints' | 'revisedPoints' | 'nulledPoints'> {
  readonly revision: number;
  readonly error: string | null;
}

/** `2026-11-20 is complete: 3600 of 3600 points; revised 2 times`. */
export function describeState(day: LedgerFigures): string {
  const { revision, error } = day;
  return [
    ...countsOf(day),
    ...(revision > 0 ? [`revised ${revision === 1 ? 'once' : `${revision} times`}`] : []),
    ...(error === null ? [] : ['the last attempt failed']),
  ].join('; ');
}

function countsOf(figures: Omit<LedgerFigures, 'revision' | 'error'>): string[] {
  const { day, state, expectedPoints, presentPoints, quarantinedPoints, duePoints, dueAt } = figures;
  const parts = [`${day} is ${wordOf(state)}`];
  if (isRejected(figures))
    parts[0] += `, a response was rejected${presentPoints > 0 ? '; it had before' : ''}`;
  if (presentPoints > 0 || state === 'partial') parts[0] += `: ${presentPoints} of ${expectedPoints} points`;
  if (dueAt !== null) parts[0] += `, ${duePoints ?? 0} were due so far`;
  else if (isPartInFiles(figures)) parts[0] += ', the files that were loaded cover only a part of it';
  if (quarantinedPoints > 0) parts.push(`${quarantinedPoints} quarantined`);
  return parts;
}

/** Whether all that is missing of a day in progress lies before or after the files that were loaded, its own or those of its inputs. */
export function isPartInFiles({ state, dueAt }: Pick<DayFigures, 'state' | 'dueAt'>): boolean {
  return state === 'in_progress' && dueAt === null;
}

/** Nothing else quarantines a day that has no quarantined points. */
function isRejected({ state, quarantinedPoints }: Pick<DayFigures, 'state' | 'quarantinedPoints'>): boolean {
  return state === 'quarantined' && quarantinedPoints === 0;
}

function movements(figures: DayFigures): string[] {
  const { newPoints, revisedPoints, nulledPoints, presentPoints } = figures;
  const moved = [
    newPoints > 0 ? `${newPoints} new` : '',
    revisedPoints > 0 ? `${revisedPoints} revised` : '',
    nulledPoints > 0 ? `${nulledPoints} withdrawn to null` : '',
  ].filter((text) => text !== '');
  return moved.length > 0 || presentPoints === 0 || isRejected(figures) ? moved : ['unchanged'];
}
