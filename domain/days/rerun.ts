/** Which days a re-run covers: named ones, a range, or those in some states. Pure; shared by command and API. */

import { isPulledPoints, type RunnablePoints } from '../dataset/dataset.ts';
import { addDays, type CivilDay, eachDay, isCivilDay } from '../time/civil-day.ts';
import { today } from '../time/delivery-day.ts';
import { DAY_STATES, type DayState } from './ledger.ts';
import { pollingRange } from './polling.ts';

export interface RerunInput {
  readonly days?: readonly string[];
  readonly states?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

export type RerunField = keyof RerunInput;

/** The candidate days, ascending, and what narrows them. */
export interface RerunChoice {
  readonly days: readonly CivilDay[];
  readonly states: readonly DayState[] | undefined;
  /** Named one by one. */
  readonly named: boolean;
}

/** One wrong field; without a field the whole input is wrong. */
export class WrongRerun extends Error {
  readonly field: RerunField | undefined;
  readonly hint: string;

  constructor(field: RerunField | undefined, message: string, hint: string) {
    super(`${message}${hint}`);
    this.field = field;
    this.hint = hint;
  }
}

/** How the caller spells the fields. */
export interface RerunWords {
  /** `--from`, `"from"`. */
  show(field: RerunField): string;
  /** The ways to say which days. */
  readonly ways: string;
}

/** @throws WrongRerun */
export function readRerun(
  dataset: RunnablePoints,
  input: RerunInput,
  nowMs: number,
  { show, ways }: RerunWords,
): RerunChoice {
  const { days, from, to } = input;
  const states = readStates(input.states, show);
  const given = [days, states ?? from ?? to].filter((value) => value !== undefined);
  if (given.length !== 1 || (!days && !states && (from === undefined || to === undefined)))
    throw new WrongRerun(undefined, 'say which days: ', ways);
  const named = days !== undefined;
  return {
    days: named ? namedDays(dataset, days, show) : rangeOf(dataset, input, nowMs, show),
    states,
    named,
  };
}

/** Whether a day of the choice is included. One that a person declared absent is included only when it is named. */
export function isMeant({ states, named }: RerunChoice, state: DayState | undefined): boolean {
  if (named) return true;
  return states ? state !== undefined && states.includes(state) : state !== 'absent';
}

type Show = RerunWords['show'];

function readStates(words: readonly string[] | undefined, show: Show): readonly DayState[] | undefined {
  const wrong = words?.find((word) => !isState(word));
  if (wrong !== undefined)
    throw new WrongRerun(
      'states',
      `${show('states')} is "${wrong}": `,
      `write one of ${DAY_STATES.join(', ')}`,
    );
  const states = new Set((words ?? []).filter(isState));
  return states.size > 0 ? [...states] : undefined;
}

function isState(word: string): word is DayState {
  return DAY_STATES.some((state) => state === word);
}

function readDay(field: RerunField, text: string, show: Show): CivilDay {
  if (isCivilDay(text)) return text;
  throw new WrongRerun(field, `${show(field)} is "${text}": `, 'write an existing date as YYYY-MM-DD');
}

function namedDays({ id, firstDay }: RunnablePoints, texts: readonly string[], show: Show): CivilDay[] {
  const days = [...new Set(texts.map((text) => readDay('days', text, show)))].toSorted();
  const early = days.find((day) => day < firstDay);
  if (early === undefined) return days;
  throw new WrongRerun(
    'days',
    `${show('days')} is ${early}, but ${id} begins on ${firstDay}; `,
    `choose ${firstDay} or later`,
  );
}

function rangeOf(dataset: RunnablePoints, input: RerunInput, nowMs: number, show: Show): CivilDay[] {
  const { id, firstDay } = dataset;
  const last = isPulledPoints(dataset) ? pollingRange(dataset, nowMs).to : addDays(today(dataset, nowMs), 7);
  const from = input.from === undefined ? firstDay : readDay('from', input.from, show);
  const to = input.to === undefined ? addDays(today(dataset, nowMs), 1) : readDay('to', input.to, show);
  if (from > to)
    throw new WrongRerun('to', `${show('from')} (${from}) is after ${show('to')} (${to}); `, 'swap them');
  if (from < firstDay)
    throw new WrongRerun(
      'from',
      `${show('from')} is ${from}, but ${id} begins on ${firstDay}; `,
      `choose ${firstDay} or later`,
    );
  if (input.to !== undefined && to > last)
    throw new WrongRerun(
      'to',
      `${show('to')} is ${to}, but nothing is published beyond ${last} yet; `,
      `choose ${last} or earlier`,
    );
  return eachDay(from, to);
}
