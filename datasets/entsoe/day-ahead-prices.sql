-- Which area held the price of a zone on which delivery days: zones split and merge, and each area is a series of its own.
-- A line through the years is joined by this rule (zones.ts says the same of the days on which areas are requested):
--   select h.zone, p.starts_at, p.value
--   from entsoe.zone_history h
--   join entsoe.day_ahead_prices p
--     on p.series in (h.area, h.area || '.1') and p.delivery_day between h.first_day and h.last_day
--   where h.zone = 'DE_LU';

create or replace view entsoe.zone_history as
select zone, area, first_day, last_day
from (
  values ('AT', 'DE_AT_LU', '-infinity'::date, '2018-09-30'::date), ('AT', 'AT', '2018-10-01', 'infinity'),
    ('DE_LU', 'DE_AT_LU', '-infinity', '2018-09-30'), ('DE_LU', 'DE_LU', '2018-10-01', 'infinity'),
    ('DE_AT_LU', 'DE_AT_LU', '-infinity', '2018-09-30'), ('IT_CALA', 'IT_CALA', '2021-01-01', 'infinity'),
    ('IT_ROSN', 'IT_ROSN', '-infinity', '2020-12-31')
) as changed (zone, area, first_day, last_day)
union all
select zone, zone, '-infinity', 'infinity'
from regexp_split_to_table(
  'BE BG CH CZ DK_1 DK_2 EE ES FI FR GB GR HR HU IE_SEM IT_CNOR IT_CSUD IT_NORD IT_SARD IT_SICI IT_SUD LT LV ME MK NL NO_1 NO_2 '
  'NO_3 NO_4 NO_5 PL PT RO RS SE_1 SE_2 SE_3 SE_4 SI SK', ' ') as zone;
comment on view entsoe.zone_history is
  'Areas whose price a bidding zone had, by delivery day; joined to series by the area and, where there are two auctions, sequence 1.';
comment on column entsoe.zone_history.area is 'The zone that was published then: how series begin.';
grant select on entsoe.zone_history to tidemark_reader, tidemark_writer, tidemark_api;
