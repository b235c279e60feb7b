-- A slowly changing dimension, as users.sql explains.

create or replace view checkout.dim_tickets as
select ticket_id, event_name, ticket_price, case when revision = 0 then '-infinity' else known_from end as valid_from,
  known_to as valid_to, is_current
from checkout.tickets_versions where ticket_id is not null;
comment on view checkout.dim_tickets is 'Tickets with everything that was told of them.';
grant select on checkout.dim_tickets to tidemark_reader, tidemark_writer, tidemark_api;
