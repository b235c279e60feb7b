/** From a value back to everything it came from. */
import type { CivilDay } from '../../domain/civil-day.ts';
import type { Sql } from '../client.ts';
import { storageOf } from '../storage.ts';

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
  readonly day: CivilDay;
  readonly url: string;
  readonly status: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly fetchedAt: Date;
  readonly lastSeenAt: Date;
  readonly seenCount: number;
  readonly decoderVersion: number | null;
  readonly workflowId: string | null;
  readonly runId: string | null;
  readonly trigger: string | null;
}

/** Payloads with the runs that fetched them. */
export async function payloadFacts(sql: Sql, ids: readonly number[]): Promise<PayloadFacts[]> {
  const { rows } = await sql.query<PayloadFacts>(
    `select p.id, p.day, p.url, p.status, encode(p.sha256, 'hex') as sha256, p.size_bytes as "sizeBytes",
       p.fetched_at as "fetchedAt", p.last_seen_at as "lastSeenAt", p.seen_count as "seenCount",
       p.decoder_version as "decoderVersion", r.workflow_id as "workflowId", r.run_id as "runId", r.trigger
     from ops.payload p left join ops.run r on r.id = p.run_id
     where p.id = any($1) order by p.fetched_at`,
    [ids],
  );
  return rows;
}
