// Reads one fault as people write it and binds its parameters, so that it only has to be applied.
import type { Effects, FaultKind, Stage } from './fault-kind.ts';
import { FAULTS, type FaultName, isFaultName, parseFaultSpec } from './faults.ts';
import { calendarDay, InputError, integerBetween, numberBetween, textLike, wrong } from './input.ts';

const tableName = textLike(/^\w+\/\w+$/, 'a region and a table such as core/maxExchanges');

/** An active fault as control answers show it. */
export interface ActiveFault {
  readonly id: number;
  readonly name: FaultName;
  readonly table?: string;
  readonly day?: string;
  /** How many more requests it applies to. */
  readonly times?: number;
  readonly share?: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** How many requests it was applied to. */
  readonly acted: number;
}

/** An active fault with its effect. */
export interface Entry {
  readonly stage: Stage;
  readonly effect: Effects[Stage];
  active: ActiveFault;
}

/** Reads the fields of a fault. Throws an InputError that names the field. */
export function readEntry(raw: Readonly<Record<string, unknown>>, id: number, nowMs: number): Entry {
  const { name, table, day, times, share, ...given } = raw;
  if (!isFaultName(name)) throw wrong('name', name, `one of ${Object.keys(FAULTS).join(', ')}`);
  const kind: FaultKind = FAULTS[name];
  const scope = readScope({ table, day, times, share }, kind.stage);
  const values = readParams(name, kind, given);
  return {
    stage: kind.stage,
    effect: kind.effect(values, { day: scope.day, table: scope.table, nowMs }),
    active: { id, name, ...scope, params: given, acted: 0 },
  };
}

/** Reads a fault written as text, and quotes the text in complaints about it. */
export function readSpec(spec: string, read: (raw: Record<string, string>) => Entry): Entry {
  try {
    return read(parseFaultSpec(spec));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError('fault', `fault ${JSON.stringify(spec)}: ${error.message}`);
  }
}

function readScope(raw: Readonly<Record<'table' | 'day' | 'times' | 'share', unknown>>, stage: Stage) {
  const stands = stage === 'publication' || stage === 'revision';
  const unwanted = (['times', 'share'] as const).find((field) => stands && raw[field] !== undefined);
  if (unwanted) throw wrong(unwanted, raw[unwanted], 'left out: this fault stands until it is cleared');
  return {
    ...(raw.table !== undefined && { table: tableName('table', raw.table) }),
    ...(raw.day !== undefined && { day: calendarDay('day', raw.day) }),
    ...(raw.times !== undefined && { times: integerBetween(1, 1_000_000)('times', raw.times) }),
    ...(raw.share !== undefined && { share: numberBetween(0, 1)('share', raw.share) }),
  };
}

function readParams(name: FaultName, kind: FaultKind, given: Readonly<Record<string, unknown>>) {
  const known = Object.keys(kind.params);
  const stranger = Object.keys(given).find((field) => !known.includes(field));
  if (stranger !== undefined) {
    throw wrong(stranger, given[stranger], `left out: ${name} takes ${known.join(', ') || 'nothing'}`);
  }
  return Object.fromEntries(
    Object.entries(kind.params).map(([field, { read }]) => [field, read(field, given[field])]),
  );
}
