/** Payloads: the bytes of each fetch, and how far they are folded. */

import type { FileForm } from '../../../domain/files/file-form.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface NewPayload {
  readonly dataset: string;
  readonly day: CivilDay;
  /** The part of the day that was requested; empty where one request brings all of it. */
  readonly part?: string;
  /** Null if it did not come from a run of the day. */
  readonly runId: number | null;
  readonly fetchedAt: Date;
  readonly sha256: Buffer;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly encoding: 'identity' | 'gzip';
  /** Null for a response to several days, which is stored by itself (batch-responses.ts). */
  readonly bytes: Buffer | null;
  /** That response; null for a response to the day alone. */
  readonly batchResponseId: number | null;
}

export interface StoredPayload {
  readonly id: number;
  readonly fetchedAt: Date;
}

/**
 * Stores a payload. A day's payloads have distinct, ascending `fetched_at`: a worker whose clock runs behind must not reorder knowledge, so
 * the instant is moved to just after the day's last payload or decision where needed.
 */
export async function insertPayload(sql: Sql, payload: NewPayload): Promise<StoredPayload> {
  const { rows } = await sql.query<StoredPayload>(
    `with moment as (
       select greatest(
         $4::timestamptz,
         (select greatest(last_seen_at, fetched_at) + interval '1 ms' from ops.payload
          where dataset = $1 and day = $2 order by fetched_at desc limit 1),
         (select max(decided_at) + interval '1 ms' from ops.decision where dataset = $1 and day = $2)
       ) as at
     )
     insert into ops.payload (
       dataset, day, run_id, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes,
       batch_response_id, part)
     select $1, $2, $3, at, at, $5, $6, $7, $8, $9, $10, $11, $12, $13 from moment
     returning id, fetched_at as "fetchedAt"`,
    [
      payload.dataset,
      payload.day,
      payload.runId,
      payload.fetchedAt,
      payload.sha256,
      payload.url,
      payload.status,
      JSON.stringify(payload.headers),
      payload.sizeBytes,
      payload.encoding,
      payload.bytes,
      payload.batchResponseId,
      payload.part ?? '',
    ],
  );
  return onlyRow(rows);
}

export interface LatestPayload {
  readonly id: number;
  readonly fetchedAt: Date;
  readonly lastSeenAt: Date;
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isFolded: boolean;
  /** Set for a response to several days: which one, and the first and last day requested. */
  readonly batchResponseId: number | null;
  readonly batchFrom: CivilDay | null;
  readonly batchTo: CivilDay | null;
}

/** The last response of a day and its time: shows whether there was another since. */
export interface Sighting {
  readonly payloadId: number;
  readonly lastSeenAtMs: number;
}

export function sightingOf(last: LatestPayload | undefined): Sighting | undefined {
  return last && { payloadId: last.id, lastSeenAtMs: last.lastSeenAt.getTime() };
}

/** The last payload of a part of a day, if it has any. */
export async function latestPayload(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  part = '',
): Promise<LatestPayload | undefined> {
  const { rows } = await sql.query<LatestPayload>(
    `select p.id, p.fetched_at as "fetchedAt", p.last_seen_at as "lastSeenAt", p.sha256, p.size_bytes as "sizeBytes",
       p.headers, p.kind is not null as "isFolded", a.id as "batchResponseId", a.from_day as "batchFrom", a.to_day as "batchTo"
     from ops.payload p left join ops.batch_response a on a.id = p.batch_response_id
     where p.dataset = $1 and p.day = $2 and p.part = $3
     order by p.fetched_at desc limit 1`,
    [dataset, day, part],
  );
  return rows[0];
}

/** The day's last payload, unless anything else of the dataset, on any day, became known since. */
export async function lastWord(
  sql: Sql,
  dataset: string,
  day: CivilDay,
): Promise<Pick<LatestPayload, 'id' | 'sha256'> | undefined> {
  const { rows } = await sql.query<Pick<LatestPayload, 'id' | 'sha256'>>(
    `with last as (
       select id, sha256, change_id from ops.payload where dataset = $1 and day = $2 order by fetched_at desc limit 1
     )
     select id, sha256 from last
     where not exists (select from ops.change c where c.id > last.change_id and c.dataset = $1)`,
    [dataset, day],
  );
  return rows[0];
}

/** A payload of a day with exactly these bytes. */
export async function findPayload(
  sql: Sql,
  { dataset, day, sha256 }: Pick<NewPayload, 'dataset' | 'day' | 'sha256'>,
): Promise<number | undefined> {
  const { rows } = await sql.query<{ id: number }>(
    'select id from ops.payload where sha256 = $3 and dataset = $1 and day = $2 limit 1',
    [dataset, day, sha256],
  );
  return rows[0]?.id;
}

/** Records that the source sent the same again. */
export async function touchPayload(sql: Sql, id: number, seenAt: Date): Promise<void> {
  await sql.query(
    `update ops.payload
     set last_seen_at = greatest(last_seen_at, $2), seen_count = seen_count + 1
     where id = $1`,
    [id, seenAt],
  );
}

export interface FoldEntry {
  readonly id: number;
  /** The part of the day that it covers; empty where one request brings all of it. */
  readonly part: string;
  readonly fetchedAt: Date;
  readonly lastSeenAt: Date;
  /** Null until folded. */
  readonly kind: 'empty' | 'refused' | 'points' | null;
  readonly contentSha256: Buffer | null;
  /** Version of the decoder that folded it; null until folded. */
  readonly decoderVersion: number | null;
  /** Its position in the order in which things became known; null until folded. */
  readonly changeId: number | null;
  /** How many points its part of the day has by it; null if the definition says, and until folded. */
  readonly expectedPoints: number | null;
}

const FOLD_ENTRY = `id, part, fetched_at as "fetchedAt", last_seen_at as "lastSeenAt", kind, content_sha256 as "contentSha256",
  decoder_version as "decoderVersion", change_id as "changeId", expected_points as "expectedPoints"`;

/** A day's payloads in the order in which they fold. */
export async function payloadsOfDay(sql: Sql, dataset: string, day: CivilDay): Promise<FoldEntry[]> {
  const { rows } = await sql.query<FoldEntry>(
    `select ${FOLD_ENTRY} from ops.payload where dataset = $1 and day = $2 order by fetched_at`,
    [dataset, day],
  );
  return rows;
}

export interface PayloadBytes {
  readonly id: number;
  readonly dataset: string;
  readonly day: CivilDay;
  readonly fetchedAt: Date;
  readonly encoding: 'identity' | 'gzip';
  /** Null if they are a part of a file, or of a response to several days. */
  readonly bytes: Buffer | null;
  /** sha256 of the original bytes. */
  readonly sha256: Buffer;
  readonly filePart: FilePart | null;
  /** The part of the day that was requested; empty where one request brings all of it. */
  readonly part: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it was pushed, rather than requested. */
  readonly isSent: boolean;
  /** First and last day of the request, where it was for several. */
  readonly batchFrom: CivilDay | null;
  readonly batchTo: CivilDay | null;
}

/** A payload that is a part of a file: bytes count from 0, half-open; lines from 1. */
export interface FilePart {
  readonly location: string;
  readonly byteFrom: number;
  readonly byteTo: number;
  readonly firstLine: number;
  readonly form: FileForm;
  /** Days that it was loaded with. */
  readonly loadedFrom: CivilDay;
  readonly loadedTo: CivilDay;
  /** Hash of these bytes, hexadecimal. */
  readonly sha256: string;
}

/** The stored headers of a response; undefined when there is no such payload. */
export async function payloadHeaders(
  sql: Sql,
  id: number,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { rows } = await sql.query<{ headers: Record<string, string> }>(
    'select headers from ops.payload where id = $1',
    [id],
  );
  return rows[0]?.headers;
}

/** The status of pushed payloads; a requested source answers 200. */
export const SENT = 202;

/** A payload's bytes as stored. @throws Error when it does not exist. */
export async function loadPayload(sql: Sql, id: number): Promise<PayloadBytes> {
  const { rows } = await sql.query<PayloadBytes>(
    `select p.id, p.dataset, p.day, p.fetched_at as "fetchedAt", p.encoding, p.bytes, p.sha256,
       a.from_day as "batchFrom", a.to_day as "batchTo", p.status = $2 as "isSent", p.part, p.url, p.status, p.headers,
       case when f.id is not null then jsonb_build_object(
         'location', f.location, 'byteFrom', p.byte_from, 'byteTo', p.byte_to, 'firstLine', p.first_line, 'form', f.form,
         'loadedFrom', p.loaded_from, 'loadedTo', p.loaded_to,
         'sha256', encode(p.sha256, 'hex')) end as "filePart"
     from ops.payload p
     left join ops.batch_response a on a.id = p.batch_response_id
     left join ops.load l on l.id = p.load_id
     left join ops.file f on f.id = l.file_id
     where p.id = $1`,
    [id, SENT],
  );
  return onlyRow(rows);
}

/** Records the result of folding a payload. */
export async function markFolded(
  sql: Sql,
  id: number,
  folded: {
    readonly kind: 'empty' | 'refused' | 'points';
    readonly contentSha256: Buffer;
    readonly decoderVersion: number;
    readonly changeId: number;
    readonly expectedPoints?: number | undefined;
  },
): Promise<void> {
  await sql.query(
    `update ops.payload
     set kind = $2, content_sha256 = $3, decoder_version = $4, change_id = $5, expected_points = $6
     where id = $1`,
    [
      id,
      folded.kind,
      folded.contentSha256,
      folded.decoderVersion,
      folded.changeId,
      folded.expectedPoints ?? null,
    ],
  );
}

export interface UnfoldedDay {
  readonly dataset: string;
  readonly day: CivilDay;
  /** When the oldest of its payloads that wait came. */
  readonly since: Date;
}

/**
 * Days with payloads that are stored and not folded: their run ended in between, terminated by a person or with its Temporal server.
 * @param before payloads that came after this may still be on their way; null: all.
 * @param dataset null: of all datasets.
 */
export async function unfoldedDays(
  sql: Sql,
  {
    dataset,
    before,
    limit,
  }: { readonly dataset: string | null; readonly before: Date | null; readonly limit: number },
): Promise<UnfoldedDay[]> {
  const { rows } = await sql.query<UnfoldedDay>(
    `select dataset, day, min(fetched_at) as since from ops.payload
     where kind is null and ($1::text is null or dataset = $1)
     group by dataset, day having $2::timestamptz is null or min(fetched_at) < $2
     order by since limit $3`,
    [dataset, before, limit],
  );
  return rows;
}

export interface PendingPayloads {
  /** Oldest first. */
  readonly pending: readonly FoldEntry[];
  /** The latest folded and usable one of each part. */
  readonly usable: readonly FoldEntry[];
  /** When the latest folded one was fetched, of any kind. */
  readonly foldedAt: Date | null;
  /** When the source last answered. */
  readonly lastSeenAt: Date | null;
}

/**
 * What of a day has yet to be folded. Reads a few rows, however many payloads the day has.
 * @param inParts whether days of the dataset take several requests.
 */
export async function pendingPayloads(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  inParts: boolean,
): Promise<PendingPayloads> {
  const { rows: pending } = await sql.query<FoldEntry>(
    `select ${FOLD_ENTRY} from ops.payload where dataset = $1 and day = $2 and kind is null order by fetched_at`,
    [dataset, day],
  );
  const { rows: folded } = await sql.query<FoldEntry>(
    `select ${FOLD_ENTRY} from ops.payload where dataset = $1 and day = $2 and kind is not null
     order by fetched_at desc limit 1`,
    [dataset, day],
  );
  const [last] = folded;
  const usable = last ? await usablePayloads(sql, dataset, day, inParts) : [];
  const responses = [pending.at(-1), last, ...usable].flatMap((each) =>
    each ? [each.lastSeenAt.getTime()] : [],
  );
  const lastSeenAt = responses.length > 0 ? new Date(Math.max(...responses)) : null;
  return { pending, usable, foldedAt: last?.fetchedAt ?? null, lastSeenAt };
}

/** The latest usable payload of each part. Without parts only one row is read. */
async function usablePayloads(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  inParts: boolean,
): Promise<FoldEntry[]> {
  const usable = `from ops.payload where dataset = $1 and day = $2 and kind <> 'refused'`;
  const { rows } = await sql.query<FoldEntry>(
    inParts
      ? `select distinct on (part) ${FOLD_ENTRY} ${usable} order by part, fetched_at desc`
      : `select ${FOLD_ENTRY} ${usable} order by fetched_at desc limit 1`,
    [dataset, day],
  );
  return rows;
}

/** A day's last payloads that were not rejected, newest first. */
export async function lastUsablePayloads(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  limit: number,
): Promise<number[]> {
  const { rows } = await sql.query<{ id: number }>(
    `select id from ops.payload where dataset = $1 and day = $2 and kind is distinct from 'refused'
     order by fetched_at desc limit $3`,
    [dataset, day, limit],
  );
  return rows.map(({ id }) => id);
}
