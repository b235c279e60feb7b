-- Who may enter which schema. Runs as tidemark_owner, like every migration; roles and schemas are made before (db/migration/prepare.ts).
-- A table, view or function is granted by name beside its definition; the whole matrix of roles, relations and verbs is in
-- test/integration/roles.test.ts. Names of tables and columns are a public contract: later migrations only add.

-- PostgreSQL lets everybody execute a new function: here nobody, unless it is granted.
alter default privileges revoke execute on functions from public;

grant usage on schema catalog to tidemark_reader, tidemark_writer, tidemark_api;
grant usage on schema ops, store to tidemark_writer, tidemark_api;
-- Made by the migration tool: workers and the API compare it with what they need.
grant select on ops.migration to tidemark_writer, tidemark_api;
