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

-- The star schema of the checkout: views over the public relations, so that masking and corrections hold in them by
-- themselves. The relations are made here, because views need them; a worker that knows more fields appends them.
select ops.ensure_record_storage('checkout.events', false, 'upsert', $json$[
  {"name": "type", "type": "text", "personal": false},
  {"name": "user_id", "type": "text", "personal": false},
  {"name": "related_id", "type": "text", "personal": false},
  {"name": "article_id", "type": "text", "personal": false},
  {"name": "article_price", "type": "number", "personal": false},
  {"name": "currency", "type": "text", "personal": false},
  {"name": "total_amount", "type": "number", "personal": false},
  {"name": "payment_method", "type": "text", "personal": false},
  {"name": "scanner_location", "type": "text", "personal": false},
  {"name": "name", "type": "text", "personal": true},
  {"name": "email", "type": "text", "personal": true},
  {"name": "barcode_type", "type": "text", "personal": false}
]$json$);
select ops.ensure_record_storage('checkout.users', false, 'upsert', $json$[
  {"name": "user_id", "type": "text", "personal": false},
  {"name": "name", "type": "text", "personal": true},
  {"name": "email", "type": "text", "personal": true},
  {"name": "country", "type": "text", "personal": false}
]$json$);
select ops.ensure_record_storage('checkout.tickets', false, 'upsert', $json$[
  {"name": "ticket_id", "type": "text", "personal": false},
  {"name": "event_name", "type": "text", "personal": false},
  {"name": "ticket_price", "type": "number", "personal": false}
]$json$);
select ops.ensure_record_storage('checkout.articles', false, 'upsert', $json$[
  {"name": "article_id", "type": "text", "personal": false},
  {"name": "article_name", "type": "text", "personal": false},
  {"name": "price", "type": "number", "personal": false},
  {"name": "currency", "type": "text", "personal": false}
]$json$);

create view checkout.fact_events as
select key as event_id, type as event_type, starts_at as event_timestamp, user_id, related_id, version,
  (body - '{type,user_id,related_id,name,email,metadata}'::text[]) || coalesce(body -> 'metadata', '{}') as metadata
from checkout.events;
comment on view checkout.fact_events is
  'Every event as it is known now; user_id is in dim_users, related_id of a scan in dim_tickets, article_id of metadata in dim_articles.';
comment on column checkout.fact_events.metadata is
  'The fields of the type. Without the grant tidemark_personal only those that the schema declares.';

create view checkout.fact_article_added as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as cart_id, article_id,
  article_price, currency
from checkout.events where type = 'ArticleAddedToCart';
comment on view checkout.fact_article_added is 'One row per article put into a cart.';

create view checkout.fact_payment as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as payment_id, total_amount,
  currency, payment_method
from checkout.events where type = 'PaymentSuccessful';
comment on view checkout.fact_payment is 'One row per payment.';

create view checkout.fact_scan as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as ticket_id, scanner_location,
  barcode_type
from checkout.events where type = 'BarcodeScanned';
comment on view checkout.fact_scan is 'One row per scanned ticket.';

-- Slowly changing: a row for as long as what was told was the same. What was told first holds for all time before, so that an
-- event from before the first file finds its row. Join a fact with is_current, or as of then with
-- event_timestamp >= valid_from and (valid_to is null or event_timestamp < valid_to).
create view checkout.dim_users as
select user_id, name, email, country, case when revision = 0 then '-infinity' else known_from end as valid_from, known_to as valid_to,
  is_current
from checkout.users_versions where user_id is not null;
comment on view checkout.dim_users is 'Users with everything that was told of them; name and email are masked without the grant.';

create view checkout.dim_tickets as
select ticket_id, event_name, ticket_price, case when revision = 0 then '-infinity' else known_from end as valid_from,
  known_to as valid_to, is_current
from checkout.tickets_versions where ticket_id is not null;
comment on view checkout.dim_tickets is 'Tickets with everything that was told of them.';

create view checkout.dim_articles as
select article_id, article_name, price, currency, case when revision = 0 then '-infinity' else known_from end as valid_from,
  known_to as valid_to, is_current
from checkout.articles_versions where article_id is not null;
comment on view checkout.dim_articles is 'Articles with everything that was told of them.';

create view checkout.dim_date as
select d::date as date_key, extract(isoyear from d)::int as iso_year, extract(week from d)::int as iso_week,
  extract(year from d)::int as year, extract(quarter from d)::int as quarter, extract(month from d)::int as month,
  extract(day from d)::int as day, extract(isodow from d)::int as weekday, extract(isodow from d) >= 6 as is_weekend
from (select min(day) as first_day, max(day) as last_day from ops.delivery_day where dataset = 'checkout.events') known,
  generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') d;
comment on view checkout.dim_date is 'Every date from the first to the last delivery day; weekday 1 is Monday.';

grant select on checkout.fact_events, checkout.fact_article_added, checkout.fact_payment, checkout.fact_scan,
  checkout.dim_users, checkout.dim_articles, checkout.dim_tickets, checkout.dim_date
  to tidemark_reader, tidemark_writer, tidemark_api;
