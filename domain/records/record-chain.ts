/**
 * The versions of a record that arrive one by one: which one counts, and from when until when each was the latest known. A function of the
 * set of versions and of when each was first seen, whatever the order of arrival. Pure.
 */
import type { CivilDay } from '../time/civil-day.ts';

export interface RecordVersion {
  readonly key: string;
  readonly startsAtMs: number;
  /** The unit of work whose payload brought it. */
  readonly day: CivilDay;
  readonly version: number;
  /** Canonical JSON; null: the record no longer exists. */
  readonly body: string | null;
  /** The change that brought it: ascending in the order in which versions became known. */
  readonly changeId: number;
}

/** A version with its position among the others. */
export interface ChainedVersion extends RecordVersion {
  /** The change that ended it; null while it is the latest. Its own change if a higher one was already known: it was never current. */
  readonly closedBy: number | null;
  /** How many versions of the record were seen before it. */
  readonly revision: number;
}

/** Orders the versions of one record, lowest version first. */
export function chain(versions: readonly RecordVersion[]): ChainedVersion[] {
  const [only, ...others] = versions;
  // Most records have one version.
  if (only && others.length === 0) return [{ ...only, closedBy: null, revision: 0 }];
  const inOrder = versions.toSorted((a, b) => a.changeId - b.changeId || a.version - b.version);
  const seen = new Map(inOrder.map((each, index) => [each, index]));
  let higherFrom = Number.POSITIVE_INFINITY;
  const chained = versions
    .toSorted((a, b) => b.version - a.version)
    .map((each) => {
      const closedBy = Number.isFinite(higherFrom) ? Math.max(each.changeId, higherFrom) : null;
      higherFrom = Math.min(higherFrom, each.changeId);
      return { ...each, closedBy, revision: seen.get(each) ?? 0 };
    });
  return chained.reverse();
}

interface Admitted {
  /** The versions of the record including the new ones; the same list when there are none. */
  readonly versions: readonly RecordVersion[];
  /** New versions that contradict an earlier one of the same number; they are left out. */
  readonly conflicts: readonly RecordVersion[];
}

/** Adds new versions of one record. Of two versions with one number, the one that was seen first stays. */
export function admit(known: readonly RecordVersion[], came: readonly RecordVersion[]): Admitted {
  if (known.length === 0 && came.length === 1) return { versions: came, conflicts: [] };
  let versions = known;
  const conflicts: RecordVersion[] = [];
  for (const each of came) {
    const same = versions.find(({ version }) => version === each.version);
    if (same && same.changeId <= each.changeId) {
      if (!isEqual(same, each)) conflicts.push(each);
      continue;
    }
    versions = [...versions.filter((other) => other !== same), each];
  }
  return { versions, conflicts };
}

/** What a change did to a record, compared with earlier changes. */
type Effect = 'new' | 'revised' | 'ended' | 'none';

export function effectOf(versions: readonly RecordVersion[], changeId: number): Effect {
  const before = highest(versions.filter((each) => each.changeId < changeId));
  const after = highest(versions.filter((each) => each.changeId <= changeId));
  if (!after || after === before) return 'none';
  const [stood, stands] = [before?.body != null, after.body !== null];
  if (!stood) return stands ? 'new' : 'none';
  return stands ? 'revised' : 'ended';
}

/** Whether a unit of work has the record: its latest version came with that unit, and has not ended it. */
export function standsIn(versions: readonly RecordVersion[], day: CivilDay): boolean {
  const latest = highest(versions);
  return latest?.day === day && latest.body !== null;
}

/** The unit of work that lost the record by a change which came with another one; undefined if none did. */
export function unitLeft(versions: readonly RecordVersion[], changeId: number): CivilDay | undefined {
  if (versions.length < 2) return undefined;
  const before = highest(versions.filter((each) => each.changeId < changeId));
  const after = highest(versions.filter((each) => each.changeId <= changeId));
  return before && before.body !== null && before.day !== after?.day ? before.day : undefined;
}

function highest(versions: readonly RecordVersion[]): RecordVersion | undefined {
  return versions.reduce<RecordVersion | undefined>(
    (best, each) => (best && best.version > each.version ? best : each),
    undefined,
  );
}

function isEqual(a: RecordVersion, b: RecordVersion): boolean {
  return a.body === b.body && a.startsAtMs === b.startsAtMs;
}

// Versions of records whose source does not number them: they are numbered by the changes that brought them. Pure.

/**
 * The versions of one record in a payload that may be admitted: its last one, unless that was already known. A function of the payloads and
 * of the order in which they became known, whatever the order in which they are folded.
 * @param known versions of the record from other payloads.
 * @param came what the payload says of it, in its order.
 */
export function numberedByArrival(
  known: readonly RecordVersion[],
  came: readonly RecordVersion[],
): RecordVersion[] {
  return came
    .slice(-1)
    .map((each) => ({ ...each, version: each.changeId }))
    .filter((each) => (lastBefore(known, each.changeId)?.body ?? null) !== each.body);
}

function lastBefore(known: readonly RecordVersion[], changeId: number): RecordVersion | undefined {
  return known
    .filter(({ version }) => version < changeId)
    .reduce<RecordVersion | undefined>(
      (last, each) => (last && last.version > each.version ? last : each),
      undefined,
    );
}
