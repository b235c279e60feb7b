/** Traces a value to its origin. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface Version {
  readonly value: number | null;
  readonly knownFrom: Date;
  /** Null while current. */
  readonly knownTo: Date | null;
  readonly payloadId: number;
}

/** Every version of one point, oldest first. */
export async function versionsOf(
  sql: Sql,
  dataset: string,
  series: string,
  startsAt: Date,
): Promise<Version[]> {
  const { rows } = await sql.query<Version>(
    `select value, known_from as "knownFrom", known_to as "knownTo",
       payload_id as "payloadId"
     from ${storageOf(dataset).versions}
     where series = $1 and starts_at = $2
     order by known_from`,
    [series, startsAt],
  );
  return rows;
}

export interface PayloadFacts {
  readonly id: number;
  readonly dataset: string;
  readonly day: CivilDay;
  /** The result of folding it; null until then. */
  readonly kind: 'empty' | 'refused' | 'points' | null;
  /** The part of the day that was requested; empty where one request brings all of it. */
  readonly part: string;
  readonly url: string;
  readonly status: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly fetchedAt: Date;
  readonly lastSeenAt: Date;
  readonly seenCount: number;
  readonly decoderVersion: number | null;
  /** When its source changed it, as HTTP writes it (Last-Modified); null if it did not say. */
  readonly lastModified: string | null;
  /** First and last day of the request, where it was for several. */
  readonly batchFrom: CivilDay | null;
  readonly batchTo: CivilDay | null;
  /** First byte of the part of a file that `url` names: bytes count from 0, half-open; lines from 1. */
  readonly byteFrom: number | null;
  readonly byteTo: number | null;
  readonly firstLine: number | null;
  /** The run that fetched it, or that loaded its file. */
  readonly workflowId: string | null;
  readonly runId: string | null;
  readonly trigger: string | null;
}

const FACTS = `p.id, p.dataset, p.day, p.kind, p.part, p.url, p.status, encode(p.sha256, 'hex') as sha256,
  p.size_bytes as "sizeBytes", p.fetched_at as "fetchedAt", p.last_seen_at as "lastSeenAt", p.seen_count as "seenCount",
  p.decoder_version as "decoderVersion", p.headers->>'last-modified' as "lastModified", a.from_day as "batchFrom", a.to_day as "batchTo",
  p.byte_from as "byteFrom", p.byte_to as "byteTo", p.first_line as "firstLine",
  coalesce(r.workflow_id, l.workflow_id) as "workflowId", coalesce(r.run_id, l.run_id) as "runId",
  coalesce(r.trigger, case when l.id is not null then 'load' end) as trigger`;

const WITH_RUNS = `ops.payload p
  left join ops.run r on r.id = p.run_id
  left join ops.load l on l.id = p.load_id
  left join ops.batch_response a on a.id = p.batch_response_id`;

/** Payloads with the runs that fetched them. */
export async function payloadFacts(sql: Sql, ids: readonly number[]): Promise<PayloadFacts[]> {
  const { rows } = await sql.query<PayloadFacts>(
    `select ${FACTS} from ${WITH_RUNS} where p.id = any($1) order by p.fetched_at`,
    [ids],
  );
  return rows;
}

/** The newest payloads of a day with the runs that fetched them, newest first. */
export async function payloadFactsOfDay(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  limit: number,
): Promise<PayloadFacts[]> {
  const { rows } = await sql.query<PayloadFacts>(
    `select ${FACTS} from ${WITH_RUNS} where p.dataset = $1 and p.day = $2 order by p.fetched_at desc limit $3`,
    [dataset, day, limit],
  );
  return rows;
}
