/** Findings: problems and oddities in payloads, and their resolution. */

import { type DecisionVerb, type SettledFinding, storableText } from '../../../domain/interpret/decision.ts';
import type { Finding } from '../../../domain/interpret/finding.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

interface Day {
  readonly dataset: string;
  readonly day: CivilDay;
}

/** Writes the findings of one payload (or of an attempt without one: payload null), settled or open. */
export async function insertFindings(
  sql: Sql,
  { dataset, day }: Day,
  payloadId: number | null,
  foundAt: Date,
  findings: readonly SettledFinding[],
): Promise<void> {
  if (findings.length === 0) return;
  await sql.query(
    `insert into ops.finding
       (dataset, day, payload_id, found_at, rule, severity, series, starts_at, points, place, raw, reason,
        resolution, resolved_by, resolved_reason, resolved_at)
     select $1, $2, $3, $4::timestamptz, f.*, case when f.resolution <> 'open' then $4::timestamptz end
     from unnest(
       $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::int[], $10::text[], $11::text[], $12::text[],
       $13::text[], $14::text[], $15::text[]
     ) as f(rule, severity, series, starts_at, points, place, raw, reason, resolution, resolved_by, resolved_reason)`,
    [
      dataset,
      day,
      payloadId,
      foundAt,
      findings.map(({ rule }) => rule),
      findings.map(({ severity }) => severity),
      findings.map(({ series }) => series),
      findings.map(({ startsAtMs }) => (startsAtMs === null ? null : new Date(startsAtMs))),
      findings.map(({ points }) => points),
      findings.map(({ place }) => text(place)),
      findings.map(({ raw }) => text(raw)),
      findings.map(({ reason }) => text(reason)),
      findings.map(({ settled }) => resolutionBy(settled?.verb)),
      findings.map(({ settled }) => settled?.by ?? null),
      findings.map(({ settled }) => settled?.reason ?? null),
    ],
  );
}

/** The resolution of a finding after a decision about it. */
export function resolutionBy(verb: DecisionVerb | undefined): 'open' | 'released' | 'waived' {
  if (verb === 'release') return 'released';
  return verb === 'waive' ? 'waived' : 'open';
}

/** A finding that was not superseded: open, or settled by a person. */
export interface OpenFinding extends Omit<Finding, 'place'> {
  readonly id: number;
  readonly isOpen: boolean;
  readonly foundAt: Date;
}

/**
 * Which findings of a unit are selected.
 * - `payloads`: those of payloads
 * - part: those of payloads for this part of the unit
 * - `asking`: those of requests: failed attempts, the mark of a late day
 * - places: those of payloads about these points
 */
export type FindingsOf =
  | 'payloads'
  | 'asking'
  | { readonly part: string }
  | { readonly series: readonly string[]; readonly startsAt: readonly Date[] };

/** Findings of a unit that were not superseded. */
export async function openFindingsOf(
  sql: Sql,
  { dataset, day }: Day,
  of: FindingsOf,
): Promise<OpenFinding[]> {
  const places = typeof of === 'object' && 'series' in of ? [of.series, of.startsAt] : [null, null];
  const part = typeof of === 'object' && 'part' in of ? of.part : null;
  const { rows } = await sql.query<Omit<OpenFinding, 'startsAtMs'> & { startsAt: Date | null }>(
    `select id, resolution = 'open' as "isOpen", rule, severity, series, starts_at as "startsAt", points, raw, reason,
       found_at as "foundAt"
     from ops.finding
     where dataset = $1 and day = $2 and resolution <> 'superseded' and (payload_id is null) = $3
       and ($4::text[] is null or (series, starts_at) in (select * from unnest($4::text[], $5::timestamptz[])))
       and ($6::text is null
         or payload_id in (select id from ops.payload p where p.dataset = $1 and p.day = $2 and p.part = $6))
     order by id`,
    [dataset, day, of === 'asking', ...places, part],
  );
  return rows.map(({ startsAt, ...row }) => ({ ...row, startsAtMs: startsAt?.getTime() ?? null }));
}

/** Marks these findings as superseded. */
export async function supersedeFindings(sql: Sql, ids: readonly number[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    `update ops.finding set resolution = 'superseded', resolved_at = $2, resolved_by = 'what came later'
     where id = any($1)`,
    [ids, at],
  );
}

export interface OpenBlocks {
  /** Quarantined points without a replacement. */
  readonly points: number;
  /** A response was rejected, and no usable one came after it. */
  readonly refused: boolean;
}

/** What of a day is quarantined. */
export async function openBlocks(sql: Sql, { dataset, day }: Day): Promise<OpenBlocks> {
  const { rows } = await sql.query<OpenBlocks>(
    `select coalesce(sum(points), 0)::int as points, coalesce(bool_or(points = 0), false) as refused
     from ops.finding where dataset = $1 and day = $2 and resolution = 'open' and severity = 'block'`,
    [dataset, day],
  );
  return onlyRow(rows);
}

/** Removes the findings of the fold before a day is folded again. People's decisions are folded again too. */
export async function clearFindings(sql: Sql, { dataset, day }: Day): Promise<void> {
  await sql.query('delete from ops.finding where dataset = $1 and day = $2 and payload_id is not null', [
    dataset,
    day,
  ]);
}

function text(value: string | null): string | null {
  return value === null ? null : storableText(value);
}
