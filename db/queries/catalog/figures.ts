/** Figures of a dataset for its catalogue entry: volume, freshness, quality. */

import type { Severity } from '../../../domain/interpret/finding.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface KeptPayloads {
  readonly payloads: number;
  /** Size of the bodies as the source sent them; a response that served several days counts once. */
  readonly bytesSent: number;
  /** As stored, after our compression. */
  readonly bytesKept: number;
  readonly firstFetchedAt: Date | null;
  readonly lastFetchedAt: Date | null;
}

/** What is stored of a dataset's answers. */
export async function keptPayloads(sql: Sql, dataset: string): Promise<KeptPayloads> {
  const { rows } = await sql.query<KeptPayloads>(
    `select p.payloads, p.sent + a.sent as "bytesSent", p.kept + a.kept as "bytesKept",
       p.first as "firstFetchedAt", p.last as "lastFetchedAt"
     from (
       select count(*) as payloads, coalesce(sum(size_bytes) filter (where bytes is not null), 0)::int8 as sent,
         coalesce(sum(octet_length(bytes)), 0)::int8 as kept, min(fetched_at) as first, max(last_seen_at) as last
       from ops.payload where dataset = $1
     ) p
     cross join (
       select coalesce(sum(size_bytes), 0)::int8 as sent, coalesce(sum(octet_length(bytes)), 0)::int8 as kept
       from ops.batch_response a
       where dataset = $1 and exists (select from ops.payload p where p.batch_response_id = a.id)
     ) a`,
    [dataset],
  );
  return onlyRow(rows);
}

export interface RecentQuality {
  /** Days of the range that are complete, and those that a person declared to be permanently absent. */
  readonly complete: number;
  readonly absent: number;
  /** Payloads of any day that changed values since the given instant, and the number of those values. */
  readonly revisions: number;
  readonly revisedPoints: number;
  readonly revisedDays: number;
  readonly newestComplete: CivilDay | null;
}

/** The quality of a range of days, and what was revised since an instant. */
export async function recentQuality(
  sql: Sql,
  dataset: string,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
  since: Date,
): Promise<RecentQuality> {
  const { rows } = await sql.query<RecentQuality>(
    `select l.complete, l.absent, c.revisions, c.points as "revisedPoints", c.days as "revisedDays",
       (select max(day) from ops.delivery_day where dataset = $1 and state = 'complete') as "newestComplete"
     from (
       select count(*) filter (where state = 'complete') as complete, count(*) filter (where state = 'absent') as absent
       from ops.delivery_day where dataset = $1 and day between $2 and $3
     ) l
     cross join (
       select count(*) as revisions, coalesce(sum(revised_points + nulled_points), 0)::int8 as points,
         count(distinct day) as days
       from ops.change where dataset = $1 and kind = 'revised' and known_at >= $4
     ) c`,
    [dataset, from, to, since],
  );
  return onlyRow(rows);
}

export interface RuleFigures {
  readonly rule: string;
  readonly severity: Severity;
  readonly findings: number;
  readonly points: number;
  readonly days: number;
}

/** Open findings by rule, most severe first. */
export async function openFindingsByRule(sql: Sql, dataset: string): Promise<RuleFigures[]> {
  const { rows } = await sql.query<RuleFigures>(
    `select rule, severity, count(*) as findings, sum(points)::int8 as points, count(distinct day) as days
     from ops.finding where dataset = $1 and resolution = 'open'
     group by rule, severity
     order by array_position(array['block', 'warn', 'info'], severity), rule`,
    [dataset],
  );
  return rows;
}
