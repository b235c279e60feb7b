// The active faults: which of them apply to a request, and how often they still will. Revisions are data rather than trouble: clearing the
// faults keeps them, unless they are named.
import type { Effects, FaultKind, Revision, Stage } from './fault-kind.ts';
import { FAULTS, type FaultInput, type FaultName, isFaultName, parseFaultSpec } from './faults.ts';
import { calendarDay, InputError, integerBetween, numberBetween, textLike, wrong } from './input.ts';
import { unitOf } from './random.ts';
import { isOfTable } from './tables.ts';

// Reads one fault as people write it and binds its parameters, so that it only has to be applied.

const tableName = textLike(/^\w+\/\w+$/, 'a region and a table such as core/maxExchanges');

/** An active fault as control answers show it. */
interface ActiveFault {
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
interface Entry {
  readonly stage: Stage;
  readonly effect: Effects[Stage];
  active: ActiveFault;
}

/** Reads the fields of a fault. Throws an InputError that names the field. */
function readEntry(raw: Readonly<Record<string, unknown>>, id: number, nowMs: number): Entry {
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
function readSpec(spec: string, read: (raw: Record<string, string>) => Entry): Entry {
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

/** What a fault is matched against. */
interface FaultTarget {
  /** Region and table of the request. */
  readonly table: string;
  touches(day: string): boolean;
  /** Identifies the window and the attempt, so that a share does not depend on the order of other requests. */
  readonly key: string;
}

/** A fault to be applied. */
export interface Acting<S extends Stage> {
  readonly name: FaultName;
  readonly table: string | undefined;
  readonly day: string | undefined;
  readonly effect: Effects[S];
}

/** The active faults of one simulator. */
export interface FaultSet {
  /** Adds a fault, given as an object or as text `name:key=value`. Throws an InputError that names the field. */
  add(input: FaultInput | string): ActiveFault;
  /** The same for unvalidated fields, such as a JSON body. */
  addUnread(fields: Readonly<Record<string, unknown>>): ActiveFault;
  list(): ActiveFault[];
  /** Removes faults and returns how many: all but revisions, or those with this id or name. */
  clear(which?: { readonly id?: number; readonly name?: string }): number;
  /** The faults of a stage that apply to a request, oldest first, at most `most`; each is then counted once more. */
  take<S extends Stage>(stage: S, target: FaultTarget, most?: number): Acting<S>[];
  /** The faults of a stage that are permanently in force. */
  standing<S extends 'publication' | 'revision'>(stage: S): Acting<S>[];
}

/** What a set of faults needs to know. */
interface FaultSetOptions {
  readonly seed: number;
  nowMs(): number;
  /** Throws an InputError when there is no such number to revise. */
  checkRevision(revision: Revision): void;
}

/** An empty set. */
export function createFaultSet(options: FaultSetOptions): FaultSet {
  let entries: Entry[] = [];
  let lastId = 0;
  const matches = ({ active }: Entry, target: FaultTarget) =>
    (active.table === undefined || isOfTable(target.table, active.table)) &&
    (active.day === undefined || target.touches(active.day)) &&
    (active.share === undefined || unitOf(options.seed, `fault ${active.id} ${target.key}`) < active.share);
  const read = (raw: Readonly<Record<string, unknown>>) => {
    const entry = readEntry(raw, lastId + 1, options.nowMs());
    if (entry.stage === 'revision') options.checkRevision(entry.effect as Revision);
    return entry;
  };
  const keep = (entry: Entry) => {
    lastId += 1;
    entries.push(entry);
    return entry.active;
  };
  return {
    add: (input) => keep(typeof input === 'string' ? readSpec(input, read) : read({ ...input })),
    addUnread: (fields) => keep(read(fields)),
    list: () => entries.map(({ active }) => active),
    clear(which = {}) {
      const before = entries.length;
      entries = entries.filter((entry) => !isMeant(entry, which));
      return before - entries.length;
    },
    take<S extends Stage>(stage: S, target: FaultTarget, most = Number.POSITIVE_INFINITY) {
      const found = entries.filter((entry) => entry.stage === stage && matches(entry, target)).slice(0, most);
      found.forEach(countOne);
      entries = entries.filter(({ active }) => active.times !== 0);
      return found.map(acting<S>);
    },
    standing: <S extends Stage>(stage: S) => entries.filter((entry) => entry.stage === stage).map(acting<S>),
  };
}

function acting<S extends Stage>({ active, effect }: Entry): Acting<S> {
  return { name: active.name, table: active.table, day: active.day, effect: effect as Effects[S] };
}

function countOne(entry: Entry): void {
  const { acted, times } = entry.active;
  entry.active = { ...entry.active, acted: acted + 1, ...(times !== undefined && { times: times - 1 }) };
}

function isMeant({ active, stage }: Entry, { id, name }: { id?: number; name?: string }): boolean {
  if (id === undefined && name === undefined) return stage !== 'revision';
  return (id === undefined || id === active.id) && (name === undefined || name === active.name);
}
