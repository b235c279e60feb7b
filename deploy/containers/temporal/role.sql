-- The role of a Temporal server in the PostgreSQL of Tidemark, as a superuser; repeatable. It makes and owns its two databases and
-- can read nothing of Tidemark's, nor Tidemark's roles anything of Temporal's. Its password: the session's setting temporal.password.
do $$
begin
  if to_regrole('temporal') is null then create role temporal login createdb; end if;
  execute format('alter role temporal password %L', current_setting('temporal.password'));
end $$;
