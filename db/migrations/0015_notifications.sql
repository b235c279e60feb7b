-- What needs a person, computed whenever it is read, and who was told of it.

create table ops.poll (
  dataset text primary key references ops.dataset,
  polled_at timestamptz not null,
  next_due_at timestamptz not null default '-infinity'
);
comment on column ops.poll.next_due_at is
  'When a live day of it is requested next, as that poll knew it; infinity: not by polling. Days that are left to a backfill do not count.';
comment on table ops.poll is 'When the schedule of a dataset last had a look at what is due.';
grant select, insert, update on ops.poll to tidemark_writer;
grant select on ops.poll to tidemark_api;

create table ops.receiver (
  id text primary key,
  name text not null,
  channel text not null check (channel in ('webhook', 'slack', 'mail')),
  place text not null,
  datasets text[],
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  checked_at timestamptz
);
comment on table ops.receiver is 'Who is told what needs a person. The address and the secret are in ops.receiver_secret.';
comment on column ops.receiver.place is 'Where it goes, as it may be shown: a host, a masked mailbox.';
comment on column ops.receiver.datasets is 'Null: every open one, and restricted ones not.';
comment on column ops.receiver.checked_at is 'When incidents were last compared with what it was told.';
grant select, insert, update (checked_at), delete on ops.receiver to tidemark_writer, tidemark_api;

create table ops.receiver_secret (
  receiver_id text primary key references ops.receiver on delete cascade,
  address text not null,
  secret text
);
comment on table ops.receiver_secret is
  'Whole addresses, which often are secrets themselves, and secrets of signatures. Read by whoever sends, shown by nobody.';
grant select, insert, delete on ops.receiver_secret to tidemark_writer, tidemark_api;

create table ops.told (
  id uuid primary key default gen_random_uuid(),
  receiver_id text not null references ops.receiver on delete cascade,
  cause text not null,
  dataset text references ops.dataset,
  subject text not null default '',
  days date[] not null default '{}',
  summary text not null,
  opened_at timestamptz not null default clock_timestamp(),
  told_at timestamptz,
  over_at timestamptz,
  over_told_at timestamptz,
  attempts int not null default 0,
  tried_at timestamptz,
  error text
);
create index on ops.told (receiver_id) where over_told_at is null;
comment on table ops.told is 'What a receiver is told: an incident when it opens, and when it is over. Its id and phase are the id of the message.';
comment on column ops.told.days is 'Days that it was told of: another day of the same cause far from them is another incident.';
comment on column ops.told.attempts is 'Of the message that is due; an attempt writes only while no later one has begun.';
comment on column ops.told.error is 'Why the last attempt failed; null once it was told.';
grant select, insert, update, delete on ops.told to tidemark_writer, tidemark_api;

create index on ops.delivery_day (dataset) where state in ('late', 'partial', 'quarantined', 'failed') or error is not null;

create view ops.incident as
with wrong as (
  select dataset, day, unnest(array_remove(array[
      case when state in ('late', 'partial', 'quarantined') then state end,
      case when state = 'failed' or error is not null then 'failed' end], null)) as cause, error
  from ops.delivery_day join ops.dataset d using (dataset)
  where d.enabled and (state in ('late', 'partial', 'quarantined', 'failed') or error is not null) and dropped_at is null
)
select cause, dataset, '' as subject, array_agg(day order by day) as days, (array_agg(error order by day desc))[1] as detail
from wrong group by cause, dataset
union all
select 'no_worker', null, '', '{}', format('no worker has been seen for %s minutes', round(seconds / 60))
from (
  -- A worker that shuts down properly removes itself, so the last poll counts too.
  select extract(epoch from clock_timestamp() - greatest(max(seen_at), (select max(polled_at) from ops.poll))) as seconds
  from ops.process where kind = 'worker'
) worker
where seconds > 180
union all
select 'clock_off', null, format('%s on %s', kind, host), '{}', format('the clock of %s on %s is %s s %s the database''s', kind, host,
    round(abs(ahead)::numeric, 1), case when ahead < 0 then 'behind' else 'ahead of' end)
from (
  select distinct on (kind, host) kind, host, clock_ahead_seconds as ahead
  from ops.process
  where seen_at > clock_timestamp() - interval '1 minute' and abs(clock_ahead_seconds) > 2
  order by kind, host, abs(clock_ahead_seconds) desc
) clock
union all
select 'feed_lag', null, '', '{}', format('what is answered as of now is %s s old', round(extract(epoch from clock_timestamp() - settled_at)))
from ops.clock where settled_at < clock_timestamp() - interval '2 minutes'
union all
select 'inbox_lag', dataset, '', '{}', format('%s: lines that were sent have waited since %s', dataset, min(received_at))
from ops.inbox join ops.dataset d using (dataset) where d.enabled group by dataset having min(received_at) < clock_timestamp() - interval '5 minutes'
union all
select 'erasure_due', dataset, format('erasure %s', id), '{}',
  format('%s: erasure %s, requested at %s, has not come to its end', dataset, id, requested_at)
from ops.erasure where finished_at is null and not dry_run and requested_at < clock_timestamp() - interval '24 hours'
union all
select 'undelivered', null, r.id, '{}', format('%s (%s) has not been told since %s: %s', r.name, r.id,
    min(coalesce(t.over_at, t.opened_at)), coalesce((array_agg(t.error order by t.tried_at desc nulls last))[1], 'nothing was tried'))
from ops.told t join ops.receiver r on r.id = t.receiver_id
where case when t.over_at is null then t.told_at is null else t.over_told_at is null end
  and coalesce(t.over_at, t.opened_at) < clock_timestamp() - interval '1 hour'
group by r.id;
comment on view ops.incident is
  'What needs a person now, by enabled dataset and cause, as the ledger, processes and backlogs stand: page, API, metrics and messages read this.';
grant select on ops.incident to tidemark_writer, tidemark_api;
