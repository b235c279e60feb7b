/** Versions of records whose source does not number them: they are numbered by the changes that brought them. Pure. */
import type { RecordVersion } from './record-chain.ts';

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
