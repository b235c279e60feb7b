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

-- The star schema of checkout.events: views over the public relation, so that masking and corrections hold in them by
-- themselves. The relation is made here, because views need it; a worker that knows more fields appends them.
select ops.ensure_record_storage('checkout.events', false, 'upsert', $json$[
  {"name": "type", "type": "text", "personal": false},
  {"name": "user_id", "type": "text", "personal": false},
  {"name": "related_id", "type": "text", "personal": false},
  {"name": "article_id", "type": "text", "personal": false},
  {"name": "price", "type": "number", "personal": false},
  {"name": "currency", "type": "text", "personal": false},
  {"name": "total", "type": "number", "personal": false},
  {"name": "payment_method", "type": "text", "personal": false},
  {"name": "scanner_location", "type": "text", "personal": false},
  {"name": "name", "type": "text", "personal": true},
  {"name": "email", "type": "text", "personal": true},
  {"name": "barcode_type", "type": "text", "personal": false}
]$json$);

create view checkout.fact_event as
select key as event_id, type, delivery_day as date_key, starts_at as happened_at, user_id, related_id, version, known_at, payload_id
from checkout.events;
comment on view checkout.fact_event is 'Every event as it is known now; date_key is in dim_date, user_id in dim_user.';

create view checkout.fact_article_added as
select key as event_id, delivery_day as date_key, starts_at as happened_at, user_id, related_id as cart_id, article_id, price, currency
from checkout.events where type = 'ArticleAddedToCart';
comment on view checkout.fact_article_added is 'One row per article put into a cart.';

create view checkout.fact_payment as
select key as event_id, delivery_day as date_key, starts_at as happened_at, user_id, related_id as payment_id, total, currency,
  payment_method
from checkout.events where type = 'PaymentSuccessful';
comment on view checkout.fact_payment is 'One row per payment.';

create view checkout.fact_scan as
select key as event_id, delivery_day as date_key, starts_at as happened_at, user_id, related_id as ticket_id, scanner_location,
  barcode_type
from checkout.events where type = 'BarcodeScanned';
comment on view checkout.fact_scan is 'One row per scanned ticket.';

-- Slowly changing: a row for as long as the events said the same, by the time of the events. Join a fact with
-- happened_at >= valid_from and (valid_to is null or happened_at < valid_to).
create view checkout.dim_user as
with said as (
  select user_id, name, email, starts_at, key,
    lag(row(name, email)) over w is distinct from row(name, email) as is_other
  from checkout.events
  where name is not null or email is not null
  window w as (partition by user_id order by starts_at, key)
), first_seen as (
  select user_id, min(starts_at) as first_at, max(starts_at) as last_at, count(*) as events from checkout.events group by user_id
), changes as (
  select user_id, name, email, starts_at, row_number() over w as place, lead(starts_at) over w as valid_to
  from said where is_other
  window w as (partition by user_id order by starts_at, key)
)
select f.user_id, c.name, c.email, case when coalesce(c.place, 1) = 1 then f.first_at else c.starts_at end as valid_from, c.valid_to,
  c.valid_to is null as is_current, f.first_at, f.last_at, f.events
from first_seen f left join changes c using (user_id)
where f.user_id is not null;
comment on view checkout.dim_user is 'Users with what their events said of them; name and email are masked without the grant.';

create view checkout.dim_article as
with said as (
  select article_id, price, currency, starts_at, key,
    lag(row(price, currency)) over w is distinct from row(price, currency) as is_other
  from checkout.events
  where type = 'ArticleAddedToCart'
  window w as (partition by article_id, currency order by starts_at, key)
)
select article_id, currency, price, starts_at as valid_from, lead(starts_at) over w as valid_to,
  lead(starts_at) over w is null as is_current
from said where is_other
window w as (partition by article_id, currency order by starts_at, key);
comment on view checkout.dim_article is 'Articles with their price in each currency, from one event to the next that says another.';

create view checkout.dim_ticket as
with said as (
  select related_id, barcode_type, starts_at, key,
    lag(row(barcode_type)) over w is distinct from row(barcode_type) as is_other
  from checkout.events
  where type = 'BarcodeScanned'
  window w as (partition by related_id order by starts_at, key)
)
select related_id as ticket_id, barcode_type, starts_at as valid_from, lead(starts_at) over w as valid_to,
  lead(starts_at) over w is null as is_current
from said where is_other
window w as (partition by related_id order by starts_at, key);
comment on view checkout.dim_ticket is 'Tickets with their type of barcode, from one scan to the next that says another.';

create view checkout.dim_date as
select d::date as date_key, extract(isoyear from d)::int as iso_year, extract(week from d)::int as iso_week,
  extract(year from d)::int as year, extract(quarter from d)::int as quarter, extract(month from d)::int as month,
  extract(day from d)::int as day, extract(isodow from d)::int as weekday, extract(isodow from d) >= 6 as is_weekend
from (select min(day) as first_day, max(day) as last_day from ops.delivery_day where dataset = 'checkout.events') known,
  generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') d;
comment on view checkout.dim_date is 'Every date from the first to the last delivery day; weekday 1 is Monday.';

grant select on checkout.fact_event, checkout.fact_article_added, checkout.fact_payment, checkout.fact_scan,
  checkout.dim_user, checkout.dim_article, checkout.dim_ticket, checkout.dim_date
  to tidemark_reader, tidemark_writer, tidemark_api;
