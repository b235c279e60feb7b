/** Incidents: problems that last. */
import type { Incident } from '../../../domain/notify/incident.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

const COLUMNS = `i.id, i.key, i.kind, i.dataset, i.subject, i.began_at as "beganAt", i.grew_at as "grewAt", i.ended_at as "endedAt",
  i.days::text[], i.open_days::text[] as "openDays", i.summary`;

/** Those that have not ended, oldest first. */
export async function openIncidents(sql: Sql): Promise<Incident[]> {
  const { rows } = await sql.query<Incident>(
    `select ${COLUMNS} from ops.incident i where i.ended_at is null order by i.id`,
  );
  return rows;
}

/** Stores an incident, new or not. @returns its id. */
export async function keepIncident(sql: Sql, incident: Incident): Promise<number> {
  const { id, grewAt, endedAt, days, openDays } = incident;
  if (id === null) return await insertIncident(sql, incident);
  await sql.query(
    'update ops.incident set grew_at = $2, ended_at = $3, days = $4, open_days = $5 where id = $1',
    [id, grewAt, endedAt, days, openDays],
  );
  return id;
}

async function insertIncident(sql: Sql, incident: Incident): Promise<number> {
  const { key, kind, dataset, subject, beganAt, grewAt, endedAt, days, openDays, summary } = incident;
  const { rows } = await sql.query<{ id: number }>(
    `insert into ops.incident (key, kind, dataset, subject, began_at, grew_at, ended_at, days, open_days, summary)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
    [key, kind, dataset, subject, beganAt, grewAt, endedAt, days, openDays, summary],
  );
  return onlyRow(rows).id;
}
