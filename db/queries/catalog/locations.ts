/** Locations and their versions. A change closes the current version and adds one. */

import statement, { raw } from 'sql-template-tag';
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { Area, LocationFacts } from '../../../domain/time/location.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { fieldOf } from '../../migration/storage.ts';
import { gatesInRange } from '../answers/knowledge.ts';
import { conditionsOf, type RowSelection, sourceOf } from '../answers/relation.ts';

export interface Location extends LocationFacts {
  readonly id: string;
  readonly active: boolean;
  /** 1 for the first; each change adds one. */
  readonly version: number;
  readonly knownAt: Date;
}

const COLUMNS = 'id, name, country, subdivision, active, version, known_at as "knownAt"';

/** Every location as known now, by name. @param inactive whether to include removed ones. */
export async function listLocations(sql: Sql, inactive: boolean): Promise<Location[]> {
  const { rows } = await sql.query<Location>(
    `select ${COLUMNS} from catalog.location where active or $1 order by name, id`,
    [inactive],
  );
  return rows;
}

/** The location as known now. */
export async function findLocation(sql: Sql, id: string): Promise<Location | undefined> {
  const { rows } = await sql.query<Location>(`select ${COLUMNS} from catalog.location where id = $1`, [id]);
  return rows[0];
}

/** Locations with this name, ignoring case. */
export async function locationsNamed(sql: Sql, name: string): Promise<Location[]> {
  const { rows } = await sql.query<Location>(
    `select ${COLUMNS} from catalog.location where lower(name) = lower($1) order by active desc, id`,
    [name],
  );
  return rows;
}

/** The location as known at an instant; undefined if it was unknown. */
export async function locationAt(sql: Sql, id: string, at: Date): Promise<Location | undefined> {
  const { rows } = await sql.query<Location>(
    `select id, name, country, subdivision, active, version, known_from as "knownAt"
     from catalog.location_versions
     where id = $1 and known_from <= $2 and (known_to is null or known_to > $2)`,
    [id, at],
  );
  return rows[0];
}

/** Every area that a location ever had, including removed ones: an area that is no longer requested would look withdrawn. */
export async function areasOfLocations(sql: Sql): Promise<Area[]> {
  const { rows } = await sql.query<Area>(
    'select distinct country, subdivision from catalog.location_versions order by country, subdivision',
  );
  return rows;
}

/** When a location last changed; null when there is none. */
export async function locationsChangedAt(sql: Sql): Promise<Date | null> {
  const { rows } = await sql.query<{ at: Date | null }>(
    'select max(known_from) as at from catalog.location_versions',
  );
  return onlyRow(rows).at;
}

/** Blocks every other change of a location until the transaction ends. */
export async function lockLocation(sql: Sql, id: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`tidemark.location ${id}`]);
}

export interface LocationVersion extends LocationFacts {
  readonly id: string;
  readonly active: boolean;
  readonly by: string;
  readonly reason: string | null;
}

/** Adds the next version of a location, or its first. The caller holds the location's lock, and commits next. */
export async function addLocationVersion(sql: Sql, version: LocationVersion): Promise<Location> {
  const { id, name, country, subdivision, active, by, reason } = version;
  const { rows } = await sql.query<Location>(
    `with last as (
       select version from ops.location_version where location = $1 and known_to is null
     ), moment as materialized (
       select ops.next_instant() as at
     ), closed as (
       update ops.location_version l set known_to = moment.at from last, moment
       where l.location = $1 and l.version = last.version and l.known_to is null
       returning l.version
     )
     insert into ops.location_version (
       location, version, name, country, subdivision, active, known_from, changed_by, reason)
     select $1, coalesce(last.version, 0) + 1, $2, $3, $4, $5, moment.at, $6, $7
     -- Counted, so that the old version is closed before there is a new one.
     from moment cross join (select count(*) from closed) before left join last on true
     returning location as id, name, country, subdivision, active, version, known_from as "knownAt"`,
    [id, name, country, subdivision, active, by, reason],
  );
  return onlyRow(rows);
}

// Records about an area that the source does not know: another area stands in.

/** Whether some of the selected records are those of another area, which stands in. */
export async function standsIn(sql: Sql, selection: RowSelection): Promise<boolean> {
  const { dataset, knowledge } = selection;
  if (!isOfRecords(dataset) || !dataset.location) return false;
  const { fallback } = dataset.location;
  const gates = await gatesInRange(sql, selection);
  const { rows } = await sql.query<{ found: boolean }>(
    statement`select exists (
      select from ${sourceOf(dataset, knowledge, gates)} o
      where ${conditionsOf(selection)} and o.${raw(fieldOf(fallback))}) as found`,
  );
  return onlyRow(rows).found;
}
