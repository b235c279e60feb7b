/** A payload as if it had come at an instant of one's choice; `insertPayload` would move it behind what is there. */
import type { Sql } from '../../db/connection/client.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';

export interface StoredPayload {
  readonly dataset: string;
  readonly day: CivilDay;
  /** @default the whole day */
  readonly part?: string;
  readonly fetchedAt: Date;
  /** @default 200 */
  readonly status?: number;
  readonly body: Buffer;
}

/** Minutes after nine in the morning, UTC, of the day before. */
export function minutesAfterNine(day: CivilDay, minutes: number): Date {
  return new Date(Date.parse(`${addDays(day, -1)}T09:00:00Z`) + minutes * 60_000);
}

export async function storePayload(
  sql: Sql,
  { dataset, day, part = '', fetchedAt, status = 200, body }: StoredPayload,
): Promise<void> {
  const { sha256, sizeBytes, encoding, bytes } = await packBody(body);
  await sql.query(
    `insert into ops.payload (dataset, day, part, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding,
       bytes)
     values ($1, $2, $3, $4, $4, $5, 'test', $9, '{}', $6, $7, $8)`,
    [dataset, day, part, fetchedAt, sha256, sizeBytes, encoding, bytes, status],
  );
}
