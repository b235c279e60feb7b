/**
 * Epochs of the change feed: a database that was restored, or whose standby took over, may have lost its newest commits, and continues in a
 * new epoch (docs/decisions/0024-settled-answers.md).
 */

/** When the database was created, restored, or taken over by a standby. */
export interface Epoch {
  /** 0 for the first. Cursors of epoch n begin after n × 10^12. */
  readonly number: number;
  readonly beganAt: Date;
  /** Where the feed of the previous epoch ends. */
  readonly endedCursor: number;
  /** The newest instant that was settled before. */
  readonly knownTo: Date;
}

const CURSORS_OF_AN_EPOCH = 1e12;

/** The number of the epoch that a cursor belongs to. */
export function epochOf(cursor: number): number {
  return Math.floor(cursor / CURSORS_OF_AN_EPOCH);
}

/** Where the feed of a cursor ends, and the epoch that began there; undefined: it continues. */
export interface FeedEnd {
  readonly cursor: number;
  readonly followedBy: Epoch | undefined;
}

/** Why a cursor is refused: a reader that continued from it would silently miss changes. Undefined: it is valid. */
export function whyRefused(since: number, { cursor, followedBy }: FeedEnd): string | undefined {
  if (since <= cursor) return undefined;
  if (!followedBy)
    return `the feed ends at ${cursor}: it is the cursor of another database; begin again from one of this`;
  const [from, to] = [followedBy.knownTo, followedBy.beganAt].map((at) => at.toISOString());
  return (
    `the database was restored, or a standby took over, at ${to}, and the feed of before ends at ${cursor}: ` +
    `go on from ${cursor}, and read the days again that you have learned of since ${from}`
  );
}
