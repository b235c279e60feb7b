/** What a person should do about days that are not fine: one sentence a state, with the command that does it. */
import { toRanges } from './day-ranges.ts';
import type { CivilDay } from './civil-day.ts';
import type { DayState } from './ledger.ts';

const SHOWN = 5;

/** Sentences by the outcomes of days, the most urgent first; empty when nothing is to be done. */
export function nextSteps(
  dataset: string,
  outcomes: Readonly<Partial<Record<DayState, Iterable<CivilDay>>>>,
): string[] {
  return (Object.keys(STEPS) as (keyof typeof STEPS)[]).flatMap((state) => {
    const days = [...(outcomes[state] ?? [])];
    return days.length === 0 ? [] : [STEPS[state](`${dataset} ${rangeOf(days)}`, listDays(days), days)];
  });
}

const STEPS = {
  failed: (target: string, which: string, days: readonly CivilDay[]) =>
    `${count(days)} failed (${which}): read why, then \`npx tidemark rerun ${target} --failed\``,
  quarantined: (target: string, which: string, days: readonly CivilDay[]) =>
    `${count(days)} in quarantine (${which}): look with \`npx tidemark quarantine list ${dataset}\`, then release or waive`,
  partial: (target: string, which: string, days: readonly CivilDay[]) =>
    `${count(days)} incomplete (${which}): see what is missing with \`npx tidemark days ${target} --gaps\`; polling goes on asking`,
  late: (target: string, which: string, days: readonly CivilDay[]) =>
    `${count(days)} late (${which}): the source has nothing; ask again later, or declare it absent (\`npx tidemark absent\`) if it never will`,
} satisfies Partial<Record<DayState, (target: string, which: string, days: readonly CivilDay[]) => string>>;

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
