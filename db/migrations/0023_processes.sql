-- Processes that are running, for who looks after them: each notes every few seconds how its own clock stands.
create table ops.process (
  kind text not null check (kind in ('worker', 'api')),
  host text not null,
  pid int not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  clock_ahead_seconds double precision not null,
  primary key (kind, host, pid)
);
comment on table ops.process is 'Workers and servers of the API that are running; one that was not seen for a minute has ended.';
comment on column ops.process.clock_ahead_seconds is
  'How far its own clock is ahead of the database''s; negative: behind. Instants of knowledge come from the database''s.';
revoke all on ops.process from public, tidemark_api;
grant select, insert, update, delete on ops.process to tidemark_writer, tidemark_api;
