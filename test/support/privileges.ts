/** What PostgreSQL says of who may do what, read from its catalogue, so that nothing new stays unseen. */
import type { Sql } from '../../db/connection/client.ts';

/** Verbs by kind of thing, as PostgreSQL names them. */
const TABLE_VERBS = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'];
const SEQUENCE_VERBS = ['usage', 'select', 'update'];

/** Verbs of one role by thing: `select insert update(kind)`; `-` for none. */
export type Privileges = Readonly<Record<string, string>>;

/** Every schema of ours: those that belong to the owner role, however they came to be. */
const OURS = `select oid from pg_namespace where pg_get_userbyid(nspowner) = 'tidemark_owner'`;

/** Tables and views of our schemas. A verb that is granted on some columns alone is followed by these columns. */
export async function onRelations(sql: Sql, role: string): Promise<Privileges> {
  return await read(
    sql,
    TABLE_VERBS,
    `select n.nspname || '.' || c.relname as thing,
       array_agg(case when has_table_privilege($1, c.oid, verb) then verb else verb || '(' || columns || ')' end
         order by place) filter (where has_table_privilege($1, c.oid, verb) or columns is not null) as verbs
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     cross join unnest($2::text[]) with ordinality as v(verb, place)
     left join lateral (
       select string_agg(a.attname, ' ' order by a.attname) as columns from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         and verb in ('select', 'insert', 'update', 'references') and has_column_privilege($1, c.oid, a.attnum, verb)
     ) g on true
     where n.oid in (${OURS}) and c.relkind in ('r', 'p', 'v', 'm', 'f')
     group by 1`,
    role,
  );
}

/** Sequences of our schemas: those behind identity columns. */
export async function onSequences(sql: Sql, role: string): Promise<Privileges> {
  return await read(
    sql,
    SEQUENCE_VERBS,
    `select n.nspname || '.' || c.relname as thing,
       array_agg(verb order by place) filter (where has_sequence_privilege($1, c.oid, verb)) as verbs
     from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join unnest($2::text[]) with ordinality as v(verb, place)
     where n.oid in (${OURS}) and c.relkind = 'S'
     group by 1`,
    role,
  );
}

export async function onFunctions(sql: Sql, role: string): Promise<Privileges> {
  return await read(
    sql,
    ['execute'],
    `select n.nspname || '.' || p.proname as thing,
       array_agg(verb) filter (where has_function_privilege($1, p.oid, verb)) as verbs
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace cross join unnest($2::text[]) as verb
     where n.oid in (${OURS})
     group by 1`,
    role,
  );
}

export async function onSchemas(sql: Sql, role: string): Promise<Privileges> {
  return await read(
    sql,
    ['usage', 'create'],
    `select n.nspname as thing, array_agg(verb order by place) filter (where has_schema_privilege($1, n.oid, verb)) as verbs
     from pg_namespace n cross join unnest($2::text[]) with ordinality as v(verb, place)
     where n.oid in (${OURS})
     group by 1`,
    role,
  );
}

/** The database itself. */
export async function onDatabase(sql: Sql, role: string): Promise<string> {
  const { rows } = await sql.query<{ verbs: string }>(
    `select string_agg(verb, ' ') as verbs from unnest('{connect,temporary,create}'::text[]) as verb
     where has_database_privilege($1, current_database(), verb)`,
    [role],
  );
  return rows[0]?.verbs ?? '-';
}

/** Things of the owner role that lie outside our schemas and are no chunk of a hypertable. There should be none. */
export async function strays(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ thing: string }>(
    `select c.oid::regclass::text as thing from pg_class c
     where pg_get_userbyid(c.relowner) = 'tidemark_owner' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and c.relnamespace not in (${OURS}) and c.relnamespace <> '_timescaledb_internal'::regnamespace
     union all
     select p.oid::regprocedure::text from pg_proc p
     where pg_get_userbyid(p.proowner) = 'tidemark_owner' and p.pronamespace not in (${OURS})`,
  );
  return rows.map(({ thing }) => thing);
}

/** Chunks on which a role may do something else than on their hypertable, and how many chunks were looked at. */
export async function chunksApart(sql: Sql, role: string): Promise<{ chunks: number; apart: string[] }> {
  const { rows } = await sql.query<{ chunk: string; same: boolean }>(
    `select chunk_name as chunk, bool_and(
         has_table_privilege($1, format('%I.%I', chunk_schema, chunk_name), verb)
         = has_table_privilege($1, format('%I.%I', hypertable_schema, hypertable_name), verb)) as same
     from timescaledb_information.chunks cross join unnest($2::text[]) as verb
     where hypertable_schema = 'store'
     group by 1`,
    [role, TABLE_VERBS],
  );
  return { chunks: rows.length, apart: rows.filter(({ same }) => !same).map(({ chunk }) => chunk) };
}

async function read(sql: Sql, verbs: readonly string[], text: string, role: string): Promise<Privileges> {
  const { rows } = await sql.query<{ thing: string; verbs: string[] | null }>(text, [role, verbs]);
  return Object.fromEntries(rows.map(({ thing, verbs: has }) => [thing, has?.join(' ') ?? '-']));
}
