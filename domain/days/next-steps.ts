/** What a person should do about days with problems: one sentence per state, with the command that does it. */

import type { CivilDay } from '../time/civil-day.ts';
import { toRanges } from '../time/day-ranges.ts';
import type { DayState } from './ledger.ts';

const SHOWN = 5;

/** Sentences by the outcomes of days, most urgent first; empty when there is nothing to do. */
export function nextSteps(
  dataset: string,
  outcomes: Readonly<Partial<Record<DayState, Iterable<CivilDay>>>>,
): string[] {
  return (Object.keys(STEPS) as (keyof typeof STEPS)[]).flatMap((state) => {
    const days = [...(outcomes[state] ?? [])];
    if (days.length === 0) return [];
    const { called, step } = STEPS[state];
    return [`${count(days)} ${called} (${listDays(days)}): ${step(dataset, days)}`];
  });
}

/** The sentence for one day in its state. @param gaveUp the last attempt at it was given up. */
export function nextStepOfDay(dataset: string, day: CivilDay, state: DayState, gaveUp = false): string {
  if (gaveUp) return `mend what the error names, then \`npx tidemark rerun ${dataset} --day ${day}\``;
  return isStep(state) ? STEPS[state].step(dataset, [day]) : NOTHING_TO_DO[state](dataset, day);
}

interface Step {
  /** As in `3 days late`. */
  readonly called: string;
  readonly step: (dataset: string, days: readonly CivilDay[]) => string;
}

const STEPS = {
  failed: {
    called: 'failed',
    step: (dataset, days) =>
      `read why, then \`npx tidemark rerun ${dataset} ${rangeOf(days)} --failed\`; recent days are requested again by polling`,
  },
  quarantined: {
    called: 'in quarantine',
    step: (dataset, days) =>
      `look with \`npx tidemark quarantine list ${dataset} ${rangeOf(days)}\`, then release or waive`,
  },
  partial: {
    called: 'incomplete',
    step: (dataset, days) =>
      `see what is missing with \`npx tidemark days ${dataset} ${rangeOf(days)} --gaps\``,
  },
  late: {
    called: 'late',
    step: (dataset, days) =>
      'the source has nothing; request it again later, or say that it never will with ' +
      `\`npx tidemark absent ${dataset} ${optionsOf(days)} --reason "…"\``,
  },
} satisfies Partial<Record<DayState, Step>>;

const NOTHING_TO_DO: Record<
  Exclude<DayState, keyof typeof STEPS>,
  (dataset: string, day: CivilDay) => string
> = {
  scheduled: () => 'nothing: it is not due yet, and polling requests it when it is',
  in_progress: () =>
    'nothing: the day is not over, or its source is within its usual lag; it is requested again by polling',
  awaiting: () => 'nothing: the source has not published it yet, and is requested again by polling',
  complete: () => 'nothing: all expected points are here',
  absent: (dataset, day) =>
    `nothing; should it be published after all: \`npx tidemark absent ${dataset} --day ${day} --undo --reason "…"\``,
};

function isStep(state: DayState): state is keyof typeof STEPS {
  return Object.hasOwn(STEPS, state);
}

function rangeOf(days: readonly CivilDay[]): string {
  const sorted = days.toSorted();
  return `--from ${sorted[0]} --to ${sorted.at(-1)}`;
}

function optionsOf(days: readonly CivilDay[]): string {
  const more = days.length > SHOWN ? ' …' : '';
  const first = days.toSorted().slice(0, SHOWN);
  return first.map((day) => `--day ${day}`).join(' ') + more;
}

function count(days: readonly CivilDay[]): string {
  return days.length === 1 ? '1 day' : `${days.length} days`;
}

function listDays(days: readonly CivilDay[]): string {
  const ranges = toRanges(days);
  const more = ranges.length > SHOWN ? ', …' : '';
  return ranges.slice(0, SHOWN).join(', ') + more;
}
