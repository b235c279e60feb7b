/**
 * What folding a unit again does to records of which other units have versions: another decoder, or the erasure of a person, may give a
 * record back to the unit that it had left, or change since when one of its versions was known.
 */

import type { DayScope } from '../../db/queries/points/observations.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import { type ChainedVersion, chain, type RecordVersion } from '../../domain/records/record-chain.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type Moved, NOTHING } from './publish-changes.ts';

type Versions = readonly RecordVersion[];

export class OtherUnits {
  readonly #day: CivilDay;
  readonly #records = new Map<string, { readonly before: Versions; readonly after: Versions }>();

  /** @param day the unit that is folded. */
  constructor(day: CivilDay) {
    this.#day = day;
  }

  /** Notes the versions of one record around a step. */
  note(before: Versions, after: Versions): void {
    const isElsewhere = [...before, ...after].some(({ day }) => day !== this.#day);
    const key = (before[0] ?? after[0])?.key;
    if (!isElsewhere || key === undefined) return;
    this.#records.set(key, { before: this.#records.get(key)?.before ?? before, after });
  }

  /** Units that readers find otherwise now, ascending, with what moved among their latest records. */
  moved(): Map<CivilDay, Moved> {
    const found = new Map<CivilDay, Moved>();
    for (const { before, after } of this.#records.values())
      for (const day of new Set([...before, ...after].map((each) => each.day))) {
        const [old, now] = [of(before, day), of(after, day)];
        if (day === this.#day || JSON.stringify(old) === JSON.stringify(now)) continue;
        found.set(day, plus(found.get(day) ?? NOTHING, old.find(stands), now.find(stands)));
      }
    return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function of(versions: Versions, day: CivilDay): ChainedVersion[] {
  return chain(versions).filter((each) => each.day === day);
}

function stands({ closedBy, body }: ChainedVersion): boolean {
  return closedBy === null && body !== null;
}

function plus(moved: Moved, old: ChainedVersion | undefined, now: ChainedVersion | undefined): Moved {
  if (!old) return now ? { ...moved, newPoints: moved.newPoints + 1 } : moved;
  if (!now) return { ...moved, nulledPoints: moved.nulledPoints + 1 };
  return old.changeId === now.changeId ? moved : { ...moved, revisedPoints: moved.revisedPoints + 1 };
}

// What folding a payload did to the records of its unit.

export type Unit = Pick<DayScope, 'dataset' | 'day'>;

export interface RecordEffects {
  readonly newPoints: number;
  readonly revisedPoints: number;
  /** Records that ended or were withdrawn. */
  readonly nulledPoints: number;
  /** The change in the number of the unit's current records. */
  readonly current: number;
  /** How many records other units lost by it: they moved here, or ended here. */
  readonly taken: ReadonlyMap<CivilDay, number>;
  /** Whether it added anything, even if it changes no record: a version that came late. */
  readonly brought: boolean;
  /** Found by comparing with what was there. */
  readonly findings: readonly Finding[];
}

export const NO_EFFECT: RecordEffects = {
  newPoints: 0,
  revisedPoints: 0,
  nulledPoints: 0,
  current: 0,
  taken: new Map(),
  brought: false,
  findings: [],
};
