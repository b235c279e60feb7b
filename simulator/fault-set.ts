// The active faults: which of them apply to a request, and how often they still will. Revisions are data rather than trouble: clearing the
// faults keeps them, unless they are named.
import { type ActiveFault, type Entry, readEntry, readSpec } from './fault-entry.ts';
import type { Effects, Revision, Stage } from './fault-kind.ts';
import type { FaultInput, FaultName } from './faults.ts';
import { unitOf } from './random.ts';
import { isOfTable } from './tables.ts';

/** What a fault is matched against. */
export interface FaultTarget {
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
export interface FaultSetOptions {
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
