/** Data for `status` and `doctor`: small figures over the ledger, findings, runs and the server. */

import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface DatasetOverview {
  readonly dataset: string;
  readonly title: string;
  readonly firstDay: CivilDay | null;
  readonly lastDay: CivilDay | null;
  readonly series: number;
  readonly states: Readonly<Partial<Record<DayState, number>>>;
  readonly openFindings: Readonly<Partial<Record<'block' | 'warn' | 'info', number>>>;
  /** Days whose last attempt failed, in any state. */
  readonly daysWithError: number;
  readonly lastCheckedAt: Date | null;
  readonly lastChangedAt: Date | null;
  /** False: it is dormant. */
  readonly enabled: boolean;
  /** When it was enabled or disabled last; null where it never was enabled. */
  readonly switchedAt: Date | null;
  readonly switchedBy: string | null;
}

/** One row per registered dataset. @param only this one; null: all of them. */
export async function datasetOverviews(sql: Sql, only: string | null = null): Promise<DatasetOverview[]> {
  const { rows } = await sql.query<DatasetOverview>(
    `select d.dataset, d.title, l.first_day as "firstDay", l.last_day as "lastDay",
       (select count(*) from ops.series s where s.dataset = d.dataset) as series,
       coalesce(l.states, '{}') as states, coalesce(f.open, '{}') as "openFindings",
       coalesce(l.errors, 0) as "daysWithError", l.checked as "lastCheckedAt", l.changed as "lastChangedAt",
       d.enabled, d.switched_at as "switchedAt", d.switched_by as "switchedBy"
     from ops.dataset d
     left join (
       select dataset, min(first) as first_day, max(last) as last_day, jsonb_object_agg(state, days) as states,
         sum(errors)::int as errors, max(checked) as checked, max(changed) as changed
       from (
         select dataset, state, count(*) as days, count(error) as errors, max(last_checked_at) as checked,
           max(last_changed_at) as changed, min(day) filter (where present_points > 0 and dropped_at is null) as first,
           max(day) filter (where present_points > 0 and dropped_at is null) as last
         from ops.delivery_day where $1::text is null or dataset = $1 group by dataset, state
       ) by_state
       group by dataset
     ) l using (dataset)
     left join (
       select dataset, jsonb_object_agg(severity, findings) as open
       from (
         select dataset, severity, count(*) as findings
         from ops.finding where resolution = 'open' and ($1::text is null or dataset = $1) group by dataset, severity
       ) by_severity
       group by dataset
     ) f using (dataset)
     where $1::text is null or d.dataset = $1
     order by d.dataset`,
    [only],
  );
  return rows;
}

/** Why days have problems: rule and reason of open findings worth attention, by day. */
export async function openFindingsByDay(
  sql: Sql,
  dataset: string,
  days: readonly CivilDay[],
): Promise<Map<CivilDay, string[]>> {
  const { rows } = await sql.query<{ day: CivilDay; reasons: string[] }>(
    `select day, array_agg(rule || ': ' || reason order by id) as reasons
     from ops.finding
     where dataset = $1 and day = any($2) and resolution = 'open' and severity <> 'info'
     group by day`,
    [dataset, days],
  );
  return new Map(rows.map(({ day, reasons }) => [day, reasons]));
}

export interface ServerFacts {
  readonly version: string;
  readonly timescaledb: string | null;
  /** `apache`: no compression, no continuous aggregates · `timescale`: the Community edition. */
  readonly licence: string | null;
  /** The server's clock. */
  readonly now: Date;
  readonly user: string;
  /** A standby, or a database that an administrator has set read-only. */
  readonly readOnly: boolean;
}

export async function serverFacts(sql: Sql): Promise<ServerFacts> {
  const { rows } = await sql.query<ServerFacts>(
    `select current_setting('server_version') as version,
       (select extversion from pg_extension where extname = 'timescaledb') as timescaledb,
       current_setting('timescaledb.license', true) as licence, clock_timestamp() as now, current_user as user,
       current_setting('transaction_read_only')::boolean as "readOnly"`,
  );
  return onlyRow(rows);
}
