/**
 * What has to exist before the first migration can run: roles, the extension and schemas that belong to the owner role.
 * Every statement is harmless when repeated, and safe when several databases of one cluster are prepared at once.
 */
import { Session, type Sql } from '../connection/client.ts';
import { isPassingStorageFailure } from '../connection/failure.ts';

/** The last one grants access to fields with personal data. */
const ROLES = ['tidemark_owner', 'tidemark_writer', 'tidemark_reader', 'tidemark_api', 'tidemark_personal'];
/** Workers fold what they see, and the HTTP API masks by its keys. */
const SEE_PERSONAL = ['tidemark_writer', 'tidemark_api'];
const SCHEMAS = ['ops', 'catalog', 'store'];

/** @throws Error with the hint when the connected user may not create what is missing. */
export async function prepareDatabase(sql: Sql): Promise<void> {
  for (const role of ROLES) await ensureRole(sql, role);
  for (const role of SEE_PERSONAL) await ensureSeesPersonal(sql, role);
  await withCure(
    () => sql.query('create extension if not exists timescaledb'),
    'TimescaleDB is not installed on this server, or this user may not create it. Install it and run ' +
      '"create extension timescaledb" in this database as a superuser',
  );
  await withCure(async () => {
    await sql.query(
      `do $$ begin execute format('grant create on database %I to tidemark_owner', current_database()); end $$`,
    );
    for (const schema of SCHEMAS) {
      await sql.query(`create schema if not exists ${schema} authorization tidemark_owner`);
    }
  }, 'This user may not create schemas in this database. Connect as its owner');
}

async function ensureRole(sql: Sql, role: string): Promise<void> {
  await withCure(
    // Roles belong to the whole cluster: another database may be creating the same one right now.
    () =>
      sql.query(`do $$ begin
        if to_regrole('${role}') is null then create role ${role} nologin; end if;
      exception when duplicate_object or unique_violation then null;
      end $$`),
    `This user may not create roles. Let an administrator run "create role ${role}"`,
  );
  await withCure(
    () =>
      sql.query(`do $$ begin
        -- From PostgreSQL 16 on, who makes a role is its member and still may not act as it.
        if not (case when current_setting('server_version_num')::int >= 160000
          then pg_has_role(current_user, '${role}', 'SET') else pg_has_role(current_user, '${role}', 'MEMBER') end)
        then grant ${role} to current_user; end if;
      exception when unique_violation then null;
      end $$`),
    `This user is not a member of ${role}. Let an administrator grant it`,
  );
}

async function ensureSeesPersonal(sql: Sql, role: string): Promise<void> {
  await withCure(
    () =>
      sql.query(`do $$ begin
        if not pg_has_role('${role}', 'tidemark_personal', 'member') then grant tidemark_personal to ${role}; end if;
      exception when unique_violation then null;
      end $$`),
    `${role} does not see personal fields. Let an administrator run "grant tidemark_personal to ${role}"`,
  );
}

async function withCure(work: () => Promise<unknown>, hint: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Then it is not a matter of privileges.
    if (isPassingStorageFailure(error)) throw error;
    throw new Error(`${hint}. (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}

// A session that changes the schema. Concurrent processes get it one after the other.

const LOCK = 7_363_627_031;

/** @param url its user may act as tidemark_owner, or create that role. */
export async function inOwnerSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session({ connectionString: url, application_name: 'tidemark migrate' });
  // A lost connection also emits an error event, which must be handled.
  session.on('error', () => {});
  await session.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [LOCK]);
    return await work(session);
  } finally {
    await session.end();
  }
}
