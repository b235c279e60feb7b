/** Which days `tidemark rerun` means: given ones, a range, or those in some states; and what is known of each. */
import { type LedgerRow, ledgerRange } from '../db/queries/ledger.ts';
import { latestRuns } from '../db/queries/runs.ts';
import { addDays, type CivilDay, eachDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { today } from '../domain/delivery-day.ts';
import { DAY_STATES, type DayState } from '../domain/ledger.ts';
import { pollingRange } from '../domain/polling.ts';
import { readDay } from './arguments.ts';
import type { CliContext } from './context.ts';
import { type LinkedRun, linked } from './runs.ts';
import { WrongUse } from './wrong-use.ts';

export interface Selection {
  readonly day?: readonly string[];
  readonly failed?: true;
  readonly state?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** A day to ask for again, as it stands now. */
export interface ChosenDay {
  readonly day: CivilDay;
  /** Null when the ledger has nothing of it. */
  readonly state: DayState | null;
  /** Why the last attempt failed; null when it did not. */
  readonly lastError: string | null;
  /** The latest run so far. */
  readonly before: LinkedRun | null;
}

/** @throws WrongUse */
export async function chooseDays(
  context: CliContext,
  dataset: DatasetDefinition,
  selection: Selection,
): Promise<ChosenDay[]> {
  const { days, states } = readSelection(dataset, selection, Date.now());
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const known = await ledgerRange(context.database(), dataset.id, first, last);
  const rows = new Map(known.map((row) => [row.day, row]));
  const chosen = days.filter((day) => isMeant(rows.get(day), states, selection));
  const runs = await latestRuns(context.database(), dataset.id, chosen);
  return chosen.map((day) => {
    const [row, run] = [rows.get(day), runs.get(day)];
    const before = run ? linked(context, run) : null;
    return { day, state: row?.state ?? null, lastError: row?.error ?? null, before };
  });
}

/** The states asked for, as people read them: `failed or late`; undefined when none was. */
export function statesOf({ failed, state = [] }: Selection): readonly DayState[] | undefined {
  const wrong = state.find((word) => !isState(word));
  if (wrong !== undefined) throw new WrongUse(`--state is "${wrong}": write one of ${DAY_STATES.join(', ')}`);
  const states = new Set([...(failed ? ['failed'] : []), ...state].filter(isState));
  return states.size > 0 ? [...states] : undefined;
}

function isState(word: string): word is DayState {
  return DAY_STATES.some((state) => state === word);
}

/** A day that a person declared absent is asked for only when it is named. */
function isMeant(
  row: LedgerRow | undefined,
  states: readonly DayState[] | undefined,
  { day }: Selection,
): boolean {
  if (day) return true;
  return states ? row !== undefined && states.includes(row.state) : row?.state !== 'absent';
}

/** The days that come into question, ascending, and the states to narrow them to. */
function readSelection(dataset: DatasetDefinition, selection: Selection, nowMs: number) {
  const { day, from, to } = selection;
  const states = statesOf(selection);
  const given = [day, states ?? from ?? to].filter((value) => value !== undefined);
  if (given.length !== 1 || (!day && !states && (from === undefined || to === undefined)))
    throw new WrongUse(
      'say which days: --day 2026-11-20 (one or more), or --failed, or --state late (one or more), or ' +
        '--from 2026-11-01 --to 2026-11-20; a range also narrows --failed and --state',
    );
  if (day) return { days: namedDays(dataset, day), states };
  return { days: rangeOf(dataset, selection, nowMs), states };
}

function namedDays({ id, firstDay }: DatasetDefinition, texts: readonly string[]): CivilDay[] {
  const days = [...new Set(texts.map((text) => readDay('--day', text)))].toSorted();
  const early = days.find((day) => day < firstDay);
  if (early === undefined) return days;
  throw new WrongUse(`--day is ${early}, but ${id} begins on ${firstDay}; choose ${firstDay} or later`);
}

function rangeOf(dataset: DatasetDefinition, selection: Selection, nowMs: number): CivilDay[] {
  const { id, firstDay } = dataset;
  const last = pollingRange(dataset, nowMs).to;
  const from = selection.from === undefined ? firstDay : readDay('--from', selection.from);
  const to = selection.to === undefined ? addDays(today(dataset, nowMs), 1) : readDay('--to', selection.to);
  if (from > to) throw new WrongUse(`--from (${from}) is after --to (${to}); swap them`);
  if (from < firstDay) throw new WrongUse(`--from is ${from}, but ${id} begins on ${firstDay}`);
  if (selection.to !== undefined && to > last)
    throw new WrongUse(
      `--to is ${to}, but nothing is published beyond ${last} yet; choose ${last} or earlier`,
    );
  return eachDay(from, to);
}
