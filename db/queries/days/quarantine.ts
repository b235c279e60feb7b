/** Findings as people see and settle them. */

import type { DecisionVerb } from '../../../domain/interpret/decision.ts';
import type { Severity } from '../../../domain/interpret/finding.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { resolutionBy } from './findings.ts';

export interface StoredFinding {
  readonly id: number;
  readonly day: CivilDay;
  readonly rule: string;
  readonly severity: Severity;
  readonly series: string | null;
  readonly startsAt: Date | null;
  readonly points: number;
  /** Position in the payload, in the payload's own terms. */
  readonly place: string | null;
  readonly raw: string | null;
  readonly reason: string;
  readonly payloadId: number | null;
  readonly foundAt: Date;
  readonly resolution: 'open' | 'released' | 'waived' | 'superseded';
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly resolvedReason: string | null;
}

const COLUMNS = `id, day, rule, severity, series, starts_at as "startsAt", points, place, raw, reason,
  payload_id as "payloadId", found_at as "foundAt", resolution, resolved_at as "resolvedAt",
  resolved_by as "resolvedBy", resolved_reason as "resolvedReason"`;

/** Null selects everything. */
export interface FindingFilter {
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly ids: readonly number[] | null;
  readonly rule: string | null;
  readonly severities: readonly Severity[];
  /** Include those that are settled or superseded. */
  readonly settledToo: boolean;
}

/** Findings of a dataset, oldest day first. */
export async function findingsWhere(
  sql: Sql,
  dataset: string,
  { from, to, ids, rule, severities, settledToo }: FindingFilter,
): Promise<StoredFinding[]> {
  const { rows } = await sql.query<StoredFinding>(
    `select ${COLUMNS} from ops.finding
     where dataset = $1 and day between $2 and $3 and ($4::bigint[] is null or id = any($4))
       and ($5::text is null or rule = $5) and severity = any($6) and ($7 or resolution = 'open')
     order by day, found_at, id`,
    [dataset, from, to, ids, rule, severities, settledToo],
  );
  return rows;
}

export interface WorstFindings {
  readonly findings: readonly StoredFinding[];
  /** How many the day has in all. */
  readonly total: number;
}

/** Findings of a day, those that need attention first. */
export async function worstFindings(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  limit: number,
): Promise<WorstFindings> {
  const { rows } = await sql.query<StoredFinding & { total: number }>(
    `select ${COLUMNS}, count(*) over () as total from ops.finding
     where dataset = $1 and day = $2
     order by resolution <> 'open', array_position(array['block', 'warn', 'info'], severity), found_at desc, id
     limit $3`,
    [dataset, day, limit],
  );
  return { findings: rows.map(({ total, ...finding }) => finding), total: rows[0]?.total ?? 0 };
}

/** Null selects everything. */
export interface FindingsQuestion {
  readonly datasets: readonly string[];
  readonly from: CivilDay | null;
  readonly to: CivilDay | null;
  readonly severities: readonly Severity[] | null;
  readonly rule: string | null;
  readonly resolution: StoredFinding['resolution'] | null;
  /** Only older ones than this. */
  readonly before: number | null;
  /** Null: all of them. */
  readonly limit: number | null;
}

/** Findings of some datasets, newest first. */
export async function findingsPage(
  sql: Sql,
  { datasets, from, to, severities, rule, resolution, before, limit }: FindingsQuestion,
): Promise<(StoredFinding & { dataset: string })[]> {
  const { rows } = await sql.query<StoredFinding & { dataset: string }>(
    `select dataset, ${COLUMNS} from ops.finding
     where dataset = any($1) and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
       and ($4::text[] is null or severity = any($4)) and ($5::text is null or rule = $5)
       and ($6::text is null or resolution = $6) and ($7::bigint is null or id < $7)
     order by id desc limit $8`,
    [datasets, from, to, severities, rule, resolution, before, limit],
  );
  return rows;
}

/** Findings by id, wherever they are. */
export async function findingsById(
  sql: Sql,
  ids: readonly number[],
): Promise<(StoredFinding & { dataset: string })[]> {
  const { rows } = await sql.query<StoredFinding & { dataset: string }>(
    `select dataset, ${COLUMNS} from ops.finding where id = any($1) order by id`,
    [ids],
  );
  return rows;
}

/** Findings about a point: itself, its series, or its whole day; oldest first. */
export async function findingsAbout(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  series: string,
  startsAt: Date,
): Promise<StoredFinding[]> {
  const { rows } = await sql.query<StoredFinding>(
    `select ${COLUMNS} from ops.finding
     where dataset = $1 and day = $2
       and (series is null or series = $3) and (starts_at is null or starts_at = $4)
     order by found_at, id`,
    [dataset, day, series, startsAt],
  );
  return rows;
}

/**
 * Settles the findings of a day that a decision names and that are open, or waived where it releases them.
 * @returns the payloads they were found in.
 */
export async function settleStored(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
  decisionIds: readonly number[],
  verb: DecisionVerb,
): Promise<number[]> {
  const { rows } = await sql.query<{ payload_id: number | null }>(
    `update ops.finding f
     set resolution = $4, resolved_at = d.decided_at, resolved_by = d.decided_by, resolved_reason = d.reason
     from ops.decision d
     where d.id = any($3) and f.dataset = $1 and f.day = $2
       and f.found_at <= d.decided_at
       and (f.resolution = 'open' or ($4 = 'released' and f.resolution = 'waived'))
       and f.rule = d.rule and f.series is not distinct from d.series and f.starts_at is not distinct from d.starts_at
       and (coalesce(f.raw, f.reason) = d.finding_text or (
         d.finding_text like 'sha256:%'
         and d.finding_text = 'sha256:' || encode(ops.person_sha256(f.dataset, coalesce(f.raw, f.reason)), 'hex')))
     returning f.payload_id`,
    [dataset, day, decisionIds, resolutionBy(verb)],
  );
  const ids = rows.flatMap(({ payload_id }) => (payload_id === null ? [] : [payload_id]));
  return [...new Set(ids)].sort((a, b) => a - b);
}
