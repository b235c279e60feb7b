/** Versions of records whose source numbers none: they are numbered by the payloads that brought them. Pure. */
import type { RecordVersion } from './record-chain.ts';

/**
 * What a payload says of one record, as versions that may be admitted: none of what the payload before it said already.
 * A function of the set of payloads, whatever the order in which they are folded.
 * @param known versions of the record from other payloads.
 * @param came what the payload says of it.
 */
export function numberedByArrival(
  known: readonly RecordVersion[],
  came: readonly RecordVersion[],
): RecordVersion[] {
  return came
    .map((each) => ({ ...each, version: each.payloadId }))
    .filter((each) => (lastBefore(known, each.payloadId)?.body ?? null) !== each.body);
}

function lastBefore(known: readonly RecordVersion[], payloadId: number): RecordVersion | undefined {
  return known
    .filter(({ version }) => version < payloadId)
    .reduce<RecordVersion | undefined>(
      (last, each) => (last && last.version > each.version ? last : each),
      undefined,
    );
}
