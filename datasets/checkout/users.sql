-- Slowly changing: a row for as long as what was told was the same. What was told first holds for all time before, so that an
-- event from before the first file finds its row. Join a fact with is_current, or as of then with
-- event_timestamp >= valid_from and (valid_to is null or event_timestamp < valid_to).

create or replace view checkout.dim_users as
select user_id, name, email, country, case when revision = 0 then '-infinity' else known_from end as valid_from, known_to as valid_to,
  is_current
from checkout.users_versions where user_id is not null;
comment on view checkout.dim_users is 'Users with everything that was told of them; name and email are masked without the grant.';
grant select on checkout.dim_users to tidemark_reader, tidemark_writer, tidemark_api;
