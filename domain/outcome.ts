/** One sentence about a day, the same in the terminal, the Web UI and the logs. */
import type { CivilDay } from './civil-day.ts';
import type { DayState } from './ledger.ts';

export interface DayFigures {
  readonly day: CivilDay;
  readonly state: DayState;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
}

/** `2026-11-20 is complete: 3600 of 3600 points; 3600 new`. */
export function describeDay(figures: DayFigures): string {
  const { day, state, expectedPoints, presentPoints, quarantinedPoints } = figures;
  const parts = [`${day} is ${state}`];
  if (presentPoints > 0 || state === 'partial') parts[0] += `: ${presentPoints} of ${expectedPoints} points`;
  if (quarantinedPoints > 0) parts.push(`${quarantinedPoints} held back`);
  return [...parts, ...movements(figures)].join('; ');
}

function movements({ newPoints, revisedPoints, nulledPoints, presentPoints }: DayFigures): string[] {
  const moved = [
    newPoints > 0 ? `${newPoints} new` : '',
    revisedPoints > 0 ? `${revisedPoints} revised` : '',
    nulledPoints > 0 ? `${nulledPoints} withdrawn to null` : '',
  ].filter((text) => text !== '');
  return moved.length > 0 || presentPoints === 0 ? moved : ['unchanged'];
}
