-- A stream of records: the inbox in which they are safe, and erasing a person.

create table ops.inbox (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  received_at timestamptz not null default clock_timestamp(),
  key_id text,
  lines int not null check (lines > 0),
  size_bytes int not null,
  bytes bytea not null
);
alter table ops.inbox alter column bytes set storage external;
create index on ops.inbox (dataset, id);
comment on table ops.inbox is
  'Lines that were sent and acknowledged and are not folded yet. They leave in the transaction that folds them.';
comment on column ops.inbox.key_id is 'The key of the HTTP API with which they were sent.';
grant insert on ops.inbox to tidemark_api;
grant select, delete on ops.inbox to tidemark_writer;
