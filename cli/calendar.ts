/** The ledger of a range as a calendar: a line per month with a sign per day, or a line per decade with a sign per year. */
import type { LedgerRow } from '../db/queries/days/ledger.ts';
import { DAY_STATES, type DayState, STATE_MEANING } from '../domain/days/ledger.ts';
import { type CivilDay, eachDay } from '../domain/time/civil-day.ts';

/** One sign per state, distinguishable without colour. */
const SIGNS: Readonly<Record<DayState, string>> = {
  scheduled: '.',
  in_progress: '>',
  awaiting: '~',
  late: '!',
  partial: '/',
  complete: '#',
  quarantined: 'Q',
  failed: 'X',
  absent: '-',
};

export interface Range {
  readonly from: CivilDay;
  readonly to: CivilDay;
}

interface Layout {
  readonly head: readonly string[];
  readonly cells: number;
  isShown(day: CivilDay): boolean;
  lineOf(day: CivilDay): string;
  /** Counted from 0. */
  cellOf(day: CivilDay): number;
}

const MONTHS: Layout = {
  head: ['         1         2         3 ', '1234567890123456789012345678901'],
  cells: 31,
  isShown: () => true,
  lineOf: (day) => day.slice(0, 7),
  cellOf: (day) => Number(day.slice(8)) - 1,
};

/** A year is named by its first day. */
const DECADES: Layout = {
  head: ['0123456789'],
  cells: 10,
  isShown: (day) => day.endsWith('-01-01'),
  lineOf: (day) => `${day.slice(0, 3)}x   `,
  cellOf: (day) => Number(day.slice(3, 4)),
};

/** @param period what a row of the ledger stands for. */
export function calendar({ from, to }: Range, rows: readonly LedgerRow[], period: 'day' | 'year'): string {
  const { head, cells, isShown, lineOf, cellOf } = period === 'year' ? DECADES : MONTHS;
  const states = new Map(rows.map(({ day, state }) => [day, state]));
  const lines = new Map<string, string[]>();
  for (const day of eachDay(from, to).filter(isShown)) {
    const line = lines.get(lineOf(day)) ?? Array<string>(cells).fill(' ');
    const state = states.get(day);
    line[cellOf(day)] = state ? SIGNS[state] : '?';
    lines.set(lineOf(day), line);
  }
  return [
    ...head.map((text) => `         ${text}`),
    ...[...lines].map(([name, line]) => `${name}  ${line.join('')}`),
  ].join('\n');
}

export function legend(rows: readonly LedgerRow[]): string {
  const seen = DAY_STATES.filter((state) => rows.some((row) => row.state === state));
  return [
    ...seen.map((state) => `  ${SIGNS[state]} ${state}: ${STATE_MEANING[state]}`),
    '  ? nothing recorded',
  ].join('\n');
}
