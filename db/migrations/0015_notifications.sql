-- Who is notified of what (docs/decisions/0037-notifications.md): what happened, incidents, subscriptions, and what each of them is sent.

-- What has moved and is not an event yet. Written in the transaction that moved it, behind the lock of its day, so that the rows of a
-- day are in order; taken away in the transaction that makes events of them.
create table ops.move (
  id bigint generated always as identity primary key,
  what text not null check (what in ('state', 'change', 'finding')),
  dataset text not null,
  day date not null,
  moved_at timestamptz not null default clock_timestamp(),
  in_transaction xid8 not null default pg_current_xact_id(),
  state_before text,
  state_after text,
  had_error boolean,
  error text,
  change_id bigint,
  rule text,
  severity text,
  findings int,
  reason text,
  payload_id bigint
);
comment on table ops.move is 'Moves of days that are not events yet: states and errors of the ledger, changes of the feed, findings.';
grant select, insert, delete on ops.move to tidemark_writer;
grant select on ops.move to tidemark_api;

create function ops.note_state()
returns trigger
language plpgsql
as $$
begin
  insert into ops.move (what, dataset, day, state_before, state_after, had_error, error)
  values ('state', new.dataset, new.day, case when tg_op = 'UPDATE' then old.state end, new.state,
    tg_op = 'UPDATE' and old.error is not null, new.error);
  return null;
end
$$;
comment on function ops.note_state is 'Notes that a day has another state, or that its last attempt failed where the one before had not.';
create trigger note_first_state after insert on ops.delivery_day
  for each row when (new.state not in ('scheduled', 'in_progress', 'awaiting') or new.error is not null) execute function ops.note_state();
create trigger note_state after update on ops.delivery_day
  for each row when (old.state is distinct from new.state or (old.error is null) is distinct from (new.error is null))
  execute function ops.note_state();

create function ops.note_changes()
returns trigger
language plpgsql
as $$
begin
  insert into ops.move (what, dataset, day, change_id) select 'change', dataset, day, id from added order by id;
  return null;
end
$$;
comment on function ops.note_changes is 'Notes what was added to the feed.';
create trigger note_changes after insert on ops.change
  referencing new table as added for each statement execute function ops.note_changes();

create function ops.note_findings()
returns trigger
language plpgsql
as $$
begin
  insert into ops.move (what, dataset, day, rule, severity, findings, reason, payload_id)
  select 'finding', dataset, day, rule, severity, count(*), min(reason), payload_id
  from added
  where resolution = 'open' and severity <> 'block' and payload_id is not null and found_at > clock_timestamp() - interval '7 days'
  group by dataset, day, rule, severity, payload_id;
  return null;
end
$$;
comment on function ops.note_findings is 'Notes warnings and remarks of the last days, by rule: folding an old day again finds again what was sent long ago.';
create trigger note_findings after insert on ops.finding
  referencing new table as added for each statement execute function ops.note_findings();

create table ops.poll (
  dataset text primary key references ops.dataset,
  polled_at timestamptz not null
);
comment on table ops.poll is 'When the schedule of a dataset last had a look at what is due.';
grant select, insert, update on ops.poll to tidemark_writer;
grant select on ops.poll to tidemark_api;

create table ops.incident (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null,
  dataset text references ops.dataset,
  subject text not null default '',
  began_at timestamptz not null,
  grew_at timestamptz not null,
  ended_at timestamptz,
  days date[] not null default '{}',
  open_days date[] not null default '{}',
  said text not null
);
create index on ops.incident (kind) where ended_at is null;
comment on table ops.incident is 'Something wrong that lasts, sent when it begins and when it ends: adjacent days of a dataset are one.';
comment on column ops.incident.subject is 'What it is about where that is no dataset: a process, a run.';
comment on column ops.incident.open_days is 'Those of its days that are still so.';
grant select, insert, update on ops.incident to tidemark_writer, tidemark_api;

create table ops.event (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null,
  phase text not null check (phase in ('happened', 'began', 'ended')),
  severity text not null check (severity in ('block', 'warn', 'info')),
  dataset text references ops.dataset,
  day date,
  happened_at timestamptz not null,
  incident_id bigint references ops.incident,
  largest_difference double precision,
  largest_relative double precision,
  said text not null,
  details jsonb not null
);
create index on ops.event (happened_at);
comment on table ops.event is 'What is sent. Only one session at a time adds to it, so that ids become visible in their own order: they are cursors.';
comment on column ops.event.key is 'Says which it is, whoever derives it and how often.';
comment on column ops.event.largest_relative is 'Largest difference of a revised value, as a share of what it was.';
grant select, insert, delete on ops.event to tidemark_writer, tidemark_api;

create table ops.subscription (
  id text primary key,
  name text not null,
  channel text not null check (channel in ('webhook', 'slack', 'mail')),
  place text not null,
  kinds text[],
  datasets text[],
  severity text not null check (severity in ('block', 'warn', 'info')),
  least_difference double precision,
  least_relative double precision,
  hours jsonb,
  digest text,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  from_event bigint not null,
  paused_at timestamptz,
  paused_by text,
  paused_why text,
  removed_at timestamptz,
  removed_by text
);
comment on table ops.subscription is 'Who is notified of what, and how. Its address and secret stand in ops.subscription_secret.';
comment on column ops.subscription.place is 'Where it goes, as it may be shown: a host, a masked mailbox.';
comment on column ops.subscription.datasets is 'Null: every open one, and restricted ones not.';
comment on column ops.subscription.from_event is 'Only events after this one are sent.';
grant select, insert, update (paused_at, paused_by, paused_why, removed_at, removed_by) on ops.subscription to tidemark_writer, tidemark_api;

create table ops.subscription_secret (
  subscription_id text primary key references ops.subscription,
  address text not null,
  secret text
);
comment on table ops.subscription_secret is 'Whole addresses, which often are secrets themselves, and secrets of signatures. Read by whoever sends, shown by nobody.';
grant select, insert, delete on ops.subscription_secret to tidemark_writer, tidemark_api;

create table ops.message (
  id bigint generated always as identity primary key,
  subscription_id text not null references ops.subscription,
  key text not null,
  lane text not null,
  events bigint[] not null,
  due_at timestamptz not null,
  state text not null default 'pending' check (state in ('pending', 'told', 'dead')),
  attempts int not null default 0,
  tried_at timestamptz,
  ended_at timestamptz,
  error text,
  unique (subscription_id, key)
);
create index on ops.message (subscription_id, lane, id) where state = 'pending';
create index on ops.message (ended_at);
comment on table ops.message is 'What a subscription is sent: an event, or those of a digest. The key goes along, so that a receiver knows what it has.';
comment on column ops.message.lane is 'Messages of a lane are sent one after the other: those of a dataset.';
comment on column ops.message.attempts is 'After the first one nothing is added to a digest any more.';
comment on column ops.message.error is 'Why the last attempt failed.';
grant select, insert, update, delete on ops.message to tidemark_writer, tidemark_api;
