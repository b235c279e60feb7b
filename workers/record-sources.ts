/** Where a worker asks for records, by the settings. */
import { holidayRecords } from '../activities/holiday-sources/ask-holidays.ts';
import type { HolidaySource } from '../activities/holiday-sources/holiday-source.ts';
import { holidayLibrary } from '../activities/holiday-sources/library.ts';
import { holidayService } from '../activities/holiday-sources/service.ts';
import type { RecordSources } from '../activities/ingest/record-source.ts';
import type { Config } from '../config.ts';
import type { Catalog } from '../datasets/catalog.ts';
import { HOLIDAYS_DATASET } from '../domain/time/business-days.ts';

export function recordSourcesOf({ holidays }: Pick<Config, 'holidays'>, catalog: Catalog): RecordSources {
  return new Map([[HOLIDAYS_DATASET, holidayRecords(holidaySourceOf(holidays), catalog)]]);
}

function holidaySourceOf({ source, baseUrl, key }: Config['holidays']): HolidaySource {
  if (source === 'library' || baseUrl === null) return holidayLibrary();
  if (key === null) return holidayService({ baseUrl });
  const named = { [key.name]: key.value };
  return holidayService({
    baseUrl,
    credentials: key.place === 'query' ? { query: named } : { headers: named },
  });
}
