/** The days that `tidemark rerun` was given, and what is known about each. */
import { chosenDays, type ChosenDay as StoredDay } from '../db/queries/days/chosen-days.ts';
import type { RunnablePoints } from '../domain/dataset/dataset.ts';
import { type RerunField, readRerun } from '../domain/days/rerun.ts';
import type { CliContext } from './context.ts';
import { type LinkedRun, linked } from './runs.ts';

export interface Selection {
  readonly day?: readonly string[];
  readonly failed?: true;
  readonly state?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

export interface ChosenDay extends StoredDay {
  readonly before: LinkedRun | null;
}

const OPTIONS: Readonly<Record<RerunField, string>> = {
  days: '--day',
  states: '--state',
  from: '--from',
  to: '--to',
};
const WORDS = {
  show: (field: RerunField) => OPTIONS[field],
  ways:
    '--day 2026-11-20 (one or more), or --failed, or --state late (one or more), or ' +
    '--from 2026-11-01 --to 2026-11-20; a range also narrows --failed and --state',
};

/** @throws WrongRerun */
export async function chooseDays(
  context: CliContext,
  dataset: RunnablePoints,
  selection: Selection,
): Promise<ChosenDay[]> {
  const { day, from, to } = selection;
  const states = statesOf(selection);
  const input = {
    ...(day ? { days: day } : {}),
    ...(states ? { states } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const choice = readRerun(dataset, input, Date.now(), WORDS);
  const days = await chosenDays(context.database(), dataset.id, choice);
  return days.map((chosen) => ({ ...chosen, before: chosen.before ? linked(context, chosen.before) : null }));
}

/** The requested states; undefined if none. */
export function statesOf({ failed, state = [] }: Selection): readonly string[] | undefined {
  const states = [...(failed ? ['failed'] : []), ...state];
  return states.length > 0 ? [...new Set(states)] : undefined;
}
