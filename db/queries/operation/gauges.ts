/** Figures for monitoring that no other query returns. One statement each. */
import type { Sql } from '../../connection/client.ts';

export interface QuotaFigures {
  readonly host: string;
  readonly slots: number;
  /** Slots available now. */
  readonly free: number;
  /** Until when requests are blocked; null when they are not. */
  readonly bannedUntil: Date | null;
}

/** The state of each host's quota. */
export async function quotaFigures(sql: Sql): Promise<QuotaFigures[]> {
  const { rows } = await sql.query<QuotaFigures>(
    `select q.host, count(s.slot) as slots, count(s.slot) filter (where s.free_at <= clock_timestamp()) as free,
       case when q.blocked_until > clock_timestamp() then q.blocked_until end as "bannedUntil"
     from ops.quota q left join ops.request_slot s using (host)
     group by q.host order by q.host`,
  );
  return rows;
}

export interface MissingPoints {
  readonly dataset: string;
  readonly day: 'yesterday' | 'today' | 'tomorrow';
  readonly missing: number;
}

/** Points that are expected of enabled datasets and missing, of the days around today on the clock of each source. Days that are not due, or in progress, have no row. */
export async function missingPoints(sql: Sql): Promise<MissingPoints[]> {
  const { rows } = await sql.query<MissingPoints>(
    `select l.dataset, w.name as day, greatest(l.expected_points - l.present_points, 0) as missing
     from ops.dataset d
     cross join (values ('yesterday', -1), ('today', 0), ('tomorrow', 1)) as w(name, ahead)
     join ops.delivery_day l on l.dataset = d.dataset
       and l.day = (clock_timestamp() at time zone d.time_zone)::date + w.ahead
     where d.enabled and d.shape = 'points' and l.state not in ('scheduled', 'in_progress', 'awaiting', 'absent')
     order by l.dataset, w.ahead`,
  );
  return rows;
}

export interface DatasetInstants {
  readonly dataset: string;
  /** The deadline of the oldest day that is late. */
  readonly lateSince: Date | null;
  /** Since when the oldest line has been waiting in its inbox. */
  readonly inboxSince: Date | null;
  readonly polledAt: Date | null;
}

/** Instants of enabled datasets, for monitoring lateness, the inbox and polling. */
export async function datasetInstants(sql: Sql): Promise<DatasetInstants[]> {
  const { rows } = await sql.query<DatasetInstants>(
    `select d.dataset, p.polled_at as "polledAt",
       (select min(f.found_at) from ops.finding f
        where f.dataset = d.dataset and f.rule = 'late' and f.resolution = 'open') as "lateSince",
       (select min(i.received_at) from ops.inbox i where i.dataset = d.dataset) as "inboxSince"
     from ops.dataset d left join ops.poll p using (dataset)
     where d.enabled
     order by d.dataset`,
  );
  return rows;
}
