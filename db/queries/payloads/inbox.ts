/** The inbox: lines that were acknowledged and are not folded yet. */
import { dormant } from '../../../domain/dataset/enabling.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface SentLines {
  readonly dataset: string;
  readonly keyId: string | null;
  readonly lines: number;
  readonly bytes: Buffer;
}

/** Call it in a transaction: then the sender can be answered. @throws Failure DATASET_DORMANT */
export async function addToInbox(sql: Sql, { dataset, keyId, lines, bytes }: SentLines): Promise<void> {
  const { rowCount } = await sql.query(
    `insert into ops.inbox (dataset, key_id, lines, size_bytes, bytes)
     select dataset, $2, $3, $4, $5 from ops.dataset where dataset = $1 and enabled`,
    [dataset, keyId, lines, bytes.length, bytes],
  );
  if (rowCount === 0) throw dormant(dataset);
}

export interface Waiting {
  readonly bytes: number;
  /** Since when the oldest of them has been waiting, milliseconds; 0 if there are none. */
  readonly sinceMs: number;
}

/** How much of a dataset is waiting, and how long. */
export async function waitingInInbox(sql: Sql, dataset: string): Promise<Waiting> {
  const { rows } = await sql.query<Waiting>(
    `select coalesce(sum(size_bytes), 0)::bigint as bytes,
       coalesce(extract(epoch from clock_timestamp() - min(received_at)) * 1000, 0)::float8 as "sinceMs"
     from ops.inbox where dataset = $1`,
    [dataset],
  );
  return onlyRow(rows);
}

export interface InboxEntry {
  readonly id: number;
  readonly keyId: string | null;
  readonly lines: number;
  readonly bytes: Buffer;
}

const MOST_ENTRIES = 2_000;

/**
 * Removes the oldest entries of a dataset, as many as fit into this many bytes, at least one, in the transaction that folds them. Whoever
 * is about to remove them too waits for its end, and does not get them again.
 * @returns what was removed, oldest first.
 */
export async function takeOldest(sql: Sql, dataset: string, mostBytes: number): Promise<InboxEntry[]> {
  const { rows } = await sql.query<InboxEntry>(
    `delete from ops.inbox i using (
       select id, size_bytes, sum(size_bytes) over (order by id) as upto
       from (select id, size_bytes from ops.inbox where dataset = $1 order by id limit $3) oldest
     ) w
     where i.id = w.id and (w.upto <= $2 or w.upto = w.size_bytes)
     returning i.id, i.key_id as "keyId", i.lines, i.bytes`,
    [dataset, mostBytes, MOST_ENTRIES],
  );
  return rows.toSorted((a, b) => a.id - b.id);
}
