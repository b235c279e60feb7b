/** What must hold in a database after whatever has happened to it. Each statement gives the rows that break a law. */
import { openDatabase, type Sql } from '../../db/connection/client.ts';

export const LAWS: Readonly<Record<string, string>> = {
  'every payload is folded': `select id, day from ops.payload where kind is null or content_sha256 is null`,
  'every run has an outcome': `select day, workflow_id, run_id from ops.run where outcome is null`,
  'two runs of a day do not overlap': `select a.day, a.run_id, b.run_id as other from ops.run a
    join ops.run b using (dataset, day)
    where a.id < b.id and greatest(a.started_at, b.started_at) < least(a.finished_at, b.finished_at)`,
  'no point has two current values': `select series, starts_at from jao_core.max_exchanges_versions
    where known_to is null group by 1, 2 having count(*) > 1`,
  'neighbouring versions of a point differ': `select series, starts_at, known_from, value from (
      select *, lag(value) over point as before, lag(known_from) over point as earlier
      from jao_core.max_exchanges_versions window point as (partition by series, starts_at order by known_from)) v
    where earlier is not null and value is not distinct from before`,
  'a version ends where the next begins': `select series, starts_at, known_from, known_to, later from (
      select *, lead(known_from) over (partition by series, starts_at order by known_from) as later
      from jao_core.max_exchanges_versions) v
    where known_to is distinct from later`,
  'every version is of a payload of its day': `select v.series, v.starts_at, v.payload_id
    from jao_core.max_exchanges_versions v left join ops.payload p on p.id = v.payload_id
    where p.day is distinct from v.delivery_day or v.known_from is null`,
  'the ledger counts what is there': `select l.day, l.present_points, c.points, l.revision, r.revisions
    from ops.delivery_day l
    left join (select delivery_day as day, count(value) as points from jao_core.max_exchanges group by 1) c using (day)
    left join (select dataset, day, count(*) filter (where kind = 'revised') as revisions from ops.change group by 1, 2) r
      using (dataset, day)
    where l.dataset = 'jao-core.max-exchanges'
      and (l.present_points <> coalesce(c.points, 0) or l.revision <> coalesce(r.revisions, 0))`,
  'the change feed counts what was written': `select * from
    (select sum(new_points) as added, sum(revised_points + nulled_points) as replaced from ops.change
      where dataset = 'jao-core.max-exchanges') c,
    (select count(*) filter (where known_to is null) as points, count(*) filter (where known_to is not null) as closed
     from jao_core.max_exchanges_versions) v
    where added <> points or replaced <> closed`,
  'no cursor is beyond the counter': `select cursor from ops.change where cursor > (select cursor from ops.clock)`,
};

/** The laws that are broken, with the first rows that break them. */
export async function brokenLaws(url: string): Promise<string[]> {
  const database = openDatabase({ url, application: 'tidemark chaos' });
  try {
    return await brokenLawsIn(database);
  } finally {
    await database.end();
  }
}

/** The same, seen from within a session or a transaction. */
export async function brokenLawsIn(sql: Sql): Promise<string[]> {
  const broken: string[] = [];
  for (const [law, text] of Object.entries(LAWS)) {
    const { rows } = await sql.query(text);
    if (rows.length > 0) broken.push(`${law}: ${rows.length} rows, ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return broken;
}
