/** What a person should do about days that are not fine: one sentence a state, with the command that does it. */

import type { CivilDay } from './civil-day.ts';
import { toRanges } from './day-ranges.ts';
import type { DayState } from './ledger.ts';

const SHOWN = 5;

/** Sentences by the outcomes of days, the most urgent first; empty when nothing is to be done. */
export function nextSteps(
  dataset: string,
  outcomes: Readonly<Partial<Record<DayState, Iterable<CivilDay>>>>,
): string[] {
  return (Object.keys(STEPS) as (keyof typeof STEPS)[]).flatMap((state) => {
    const days = [...(outcomes[state] ?? [])];
    if (days.length === 0) return [];
    return [
      STEPS[state]({ days: count(days), which: listDays(days), target: `${dataset} ${rangeOf(days)}` }),
    ];
  });
}

interface Named {
  /** `3 days`. */
  readonly days: string;
  readonly which: string;
  /** As commands take it: dataset and range. */
  readonly target: string;
}

const STEPS = {
  failed: ({ days, which, target }: Named) =>
    `${days} failed (${which}): read why, then \`npx tidemark rerun ${target} --failed\``,
  quarantined: ({ days, which, target }: Named) =>
    `${days} in quarantine (${which}): look with \`npx tidemark quarantine list ${target}\`, then release or waive`,
  partial: ({ days, which, target }: Named) =>
    `${days} incomplete (${which}): see what is missing with \`npx tidemark days ${target} --gaps\``,
  late: ({ days, which }: Named) =>
    `${days} late (${which}): the source has nothing; ask again later, or say that it never will with \`npx tidemark absent\``,
} satisfies Partial<Record<DayState, (named: Named) => string>>;

function rangeOf(days: readonly CivilDay[]): string {
  const sorted = days.toSorted();
  return `--from ${sorted[0]} --to ${sorted.at(-1)}`;
}

function count(days: readonly CivilDay[]): string {
  return days.length === 1 ? '1 day' : `${days.length} days`;
}

function listDays(days: readonly CivilDay[]): string {
  const ranges = toRanges(days);
  const more = ranges.length > SHOWN ? ', …' : '';
  return ranges.slice(0, SHOWN).join(', ') + more;
}
