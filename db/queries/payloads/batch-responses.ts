/** Responses to one request for several days. Payloads of the days refer to them; unreferenced ones are deleted after a while. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import type { Sighting } from './payloads.ts';

/** The last response for each day when the request was made. Days without a response are left out. */
export type KnownBefore = Readonly<Record<CivilDay, Sighting>>;

export interface BatchResponse {
  readonly dataset: string;
  /** The part that was requested; empty where one request brings all of a day. */
  readonly part: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly fetchedAt: Date;
  readonly knownBefore: KnownBefore;
  readonly sha256: Buffer;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly encoding: 'identity' | 'gzip';
}

/** Stores an answer. @returns its id. */
export async function insertBatchResponse(
  sql: Sql,
  answer: BatchResponse & { readonly bytes: Buffer },
): Promise<number> {
  const { rows } = await sql.query<{ id: number }>(
    `insert into ops.batch_response (
       dataset, from_day, to_day, fetched_at, known_before, sha256, url, status, headers, size_bytes, encoding, bytes, part)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     returning id`,
    [
      answer.dataset,
      answer.from,
      answer.to,
      answer.fetchedAt,
      JSON.stringify(answer.knownBefore),
      answer.sha256,
      answer.url,
      answer.status,
      JSON.stringify(answer.headers),
      answer.sizeBytes,
      answer.encoding,
      answer.bytes,
      answer.part,
    ],
  );
  return onlyRow(rows).id;
}

/** A stored response without its bytes, if it still exists. */
export async function findBatchResponse(sql: Sql, id: number): Promise<BatchResponse | undefined> {
  const { rows } = await sql.query<BatchResponse>(
    `select dataset, from_day as "from", to_day as "to", fetched_at as "fetchedAt", known_before as "knownBefore", sha256,
       url, status, headers, size_bytes as "sizeBytes", encoding, part
     from ops.batch_response where id = $1`,
    [id],
  );
  return rows[0];
}

/** Deletes responses from before an instant that no day uses: their days were requested by themselves, or never will be. */
export async function deleteUnusedAnswers(sql: Sql, before: Date): Promise<void> {
  await sql.query(
    `delete from ops.batch_response a
     where fetched_at < $1 and not exists (select from ops.payload p where p.batch_response_id = a.id)`,
    [before],
  );
}
