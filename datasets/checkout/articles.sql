-- A slowly changing dimension, as users.sql explains.

create or replace view checkout.dim_articles as
select article_id, article_name, price, currency, case when revision = 0 then '-infinity' else known_from end as valid_from,
  known_to as valid_to, is_current
from checkout.articles_versions where article_id is not null;
comment on view checkout.dim_articles is 'Articles with everything that was told of them.';
grant select on checkout.dim_articles to tidemark_reader, tidemark_writer, tidemark_api;
