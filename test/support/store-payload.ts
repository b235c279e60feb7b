/** A payload as if it had come at an instant of one's choice; `insertPayload` would move it behind what is there. */
import type { Database } from '../../db/connection/client.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';

export interface StoredPayload {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly part: string;
  /** Minutes after nine in the morning, UTC, of the day before. */
  readonly at: number;
  readonly body: Buffer;
}

export async function storePayload(
  database: Database,
  { dataset, day, part, at, body }: StoredPayload,
): Promise<void> {
  const { sha256, sizeBytes, encoding, bytes } = await packBody(body);
  const fetchedAt = new Date(Date.parse(`${addDays(day, -1)}T09:00:00Z`) + at * 60_000);
  await database.query(
    `insert into ops.payload (dataset, day, part, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding,
       bytes)
     values ($1, $2, $3, $4, $4, $5, 'test', 200, '{}', $6, $7, $8)`,
    [dataset, day, part, fetchedAt, sha256, sizeBytes, encoding, bytes],
  );
}
