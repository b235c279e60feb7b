-- The facts of the star schema, as views over checkout.events, so that masking and corrections hold in them by themselves.
-- Their dimensions lie beside the datasets that they are made of: users.sql, tickets.sql, articles.sql.

create or replace view checkout.fact_events as
select key as event_id, type as event_type, starts_at as event_timestamp, user_id, related_id, version,
  (body - '{type,user_id,related_id,name,email,metadata}'::text[]) || coalesce(body -> 'metadata', '{}') as metadata
from checkout.events;
comment on view checkout.fact_events is
  'Every event as it is known now; user_id is in dim_users, related_id of a scan in dim_tickets, article_id of metadata in dim_articles.';
comment on column checkout.fact_events.metadata is
  'The fields of the type. Without the grant tidemark_personal only those that the schema declares, and hidden_fields with the names of the others.';
grant select on checkout.fact_events to tidemark_reader, tidemark_writer, tidemark_api;

create or replace view checkout.fact_article_added as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as cart_id, article_id,
  article_price, currency
from checkout.events where type = 'ArticleAddedToCart';
comment on view checkout.fact_article_added is 'One row per article put into a cart.';
grant select on checkout.fact_article_added to tidemark_reader, tidemark_writer, tidemark_api;

create or replace view checkout.fact_payment as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as payment_id, total_amount,
  currency, payment_method
from checkout.events where type = 'PaymentSuccessful';
comment on view checkout.fact_payment is 'One row per payment.';
grant select on checkout.fact_payment to tidemark_reader, tidemark_writer, tidemark_api;

create or replace view checkout.fact_scan as
select key as event_id, delivery_day as date_key, starts_at as event_timestamp, user_id, related_id as ticket_id, scanner_location,
  barcode_type
from checkout.events where type = 'BarcodeScanned';
comment on view checkout.fact_scan is 'One row per scanned ticket.';
grant select on checkout.fact_scan to tidemark_reader, tidemark_writer, tidemark_api;

create or replace view checkout.dim_date as
select d::date as date_key, extract(isoyear from d)::int as iso_year, extract(week from d)::int as iso_week,
  extract(year from d)::int as year, extract(quarter from d)::int as quarter, extract(month from d)::int as month,
  extract(day from d)::int as day, extract(isodow from d)::int as weekday, extract(isodow from d) >= 6 as is_weekend
from (select min(day) as first_day, max(day) as last_day from ops.delivery_day where dataset = 'checkout.events') known,
  generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') d;
comment on view checkout.dim_date is 'Every date from the first to the last delivery day; weekday 1 is Monday.';
grant select on checkout.dim_date to tidemark_reader, tidemark_writer, tidemark_api;
