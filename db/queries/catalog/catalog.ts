/** Registration of sources and datasets: makes the definitions visible to SQL. */

import {
  type Dataset,
  hasRollups,
  isOfPoints,
  isOfRecords,
  waysOf,
} from '../../../domain/dataset/dataset.ts';
import { hostOf, NEWEST, type Source, type SourceFacts } from '../../../domain/dataset/facts.ts';
import { declaredSteps, intervalSeconds } from '../../../domain/dataset/points.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

/**
 * Requests reach the source with some jitter; without a margin the 101st could arrive 59.9 s after the first although it was sent later.
 */
const WINDOW_MARGIN_MS = 500;

/** @param source one that is not requested over HTTP has no quota; that of an existing one is kept. */
export async function registerSource(sql: Sql, source: SourceFacts | Source): Promise<void> {
  const { id, title, link, timeZone } = source;
  await sql.query(
    `insert into ops.source (source, title, link, time_zone, host)
     values ($1, $2, $3, $4, $5)
     on conflict (source) do update set
       title = excluded.title, link = excluded.link, time_zone = excluded.time_zone, host = excluded.host
     where (ops.source.title, ops.source.link, ops.source.time_zone, ops.source.host)
       is distinct from (excluded.title, excluded.link, excluded.time_zone, excluded.host)`,
    [id, title, link, timeZone, 'quota' in source ? hostOf(source) : null],
  );
}

export async function registerQuota(sql: Sql, source: Pick<Source, 'baseUrl' | 'quota'>): Promise<void> {
  const { requests, windowMs } = source.quota;
  await sql.query(
    `insert into ops.quota (host, requests, quota_window)
     values ($1, $2, $3 * interval '1 ms')
     on conflict (host) do update set requests = excluded.requests, quota_window = excluded.quota_window
     where (ops.quota.requests, ops.quota.quota_window) is distinct from (excluded.requests, excluded.quota_window)`,
    [hostOf(source), requests, windowMs + WINDOW_MARGIN_MS],
  );
}

/** Creates as many slots as the quota has requests; surplus slots of an earlier, larger quota are deleted. */
export async function ensureSlots(sql: Sql, source: Pick<Source, 'baseUrl' | 'quota'>): Promise<void> {
  const { requests, reservedForLive } = source.quota;
  const host = hostOf(source);
  await sql.query(`delete from ops.request_slot where host = $1 and slot > $2`, [host, requests]);
  await sql.query(
    `insert into ops.request_slot (host, slot, live_only)
     select $1, slot, slot <= $3 from generate_series(1, $2::int) slot
     on conflict (host, slot) do update set live_only = excluded.live_only
     where ops.request_slot.live_only <> excluded.live_only`,
    [host, requests, reservedForLive],
  );
}

/** @param fromPublisher as in `comesFromPublisher` */
export async function registerDataset(sql: Sql, dataset: Dataset, fromPublisher: boolean): Promise<void> {
  const { schema, table } = storageOf(dataset.id);
  await sql.query(
    `insert into ops.dataset as d (
       dataset, source, title, description, unit, resolution, time_zone, owner, licence, source_link, access_class,
       retention, first_day, schema_name, table_name, decoder_version, shape, ingestion, storage, period, from_publisher)
     values ($1, $2, $3, $4, $5, $6 * interval '1 second', $7, $8, $9, $10, $11, $12 * interval '1 day', $13, $14, $15, $16, $17, $18, $19, $22, $20)
     on conflict (dataset) do update set
       title = excluded.title, description = excluded.description, unit = excluded.unit,
       resolution = excluded.resolution, time_zone = excluded.time_zone, owner = excluded.owner,
       licence = excluded.licence, source_link = excluded.source_link, access_class = excluded.access_class,
       retention = excluded.retention, first_day = excluded.first_day, decoder_version = excluded.decoder_version,
       shape = excluded.shape, ingestion = excluded.ingestion, storage = excluded.storage,
       period = excluded.period, from_publisher = excluded.from_publisher
     where to_jsonb(d) - $21::text[] is distinct from to_jsonb(excluded) - $21::text[]`,
    [
      dataset.id,
      dataset.source.id,
      dataset.title,
      dataset.description,
      dataset.unit,
      resolutionSeconds(dataset),
      dataset.source.timeZone,
      dataset.owner,
      dataset.licence,
      dataset.link,
      dataset.access,
      dataset.retentionDays,
      dataset.firstDay,
      schema,
      table,
      dataset.decoderVersion,
      dataset.shape,
      waysOf(dataset),
      JSON.stringify(storageFacts(dataset)),
      fromPublisher,
      ['enabled', 'switched_at', 'switched_by'],
      isOfRecords(dataset) ? dataset.period : 'day',
    ],
  );
}

/** Resolution on the present day; for files the finest possible. Records have none. */
function resolutionSeconds(dataset: Dataset): number | undefined {
  return isOfPoints(dataset) ? intervalSeconds(dataset, NEWEST) : undefined;
}

/** Creates what is missing of a dataset's tables, relations and grants, and columns for new fields; nothing where it never was enabled. */
export async function makeStorage(sql: Sql, dataset: string): Promise<void> {
  await sql.query(
    'select ops.make_storage(dataset) from ops.dataset where dataset = $1 and switched_at is not null',
    [dataset],
  );
}

/** What of a definition makes its tables: `ops.make_storage` reads it. */
function storageFacts(dataset: Dataset): unknown {
  if (!isOfRecords(dataset)) {
    return {
      chunk_days: dataset.chunkDays,
      rollups: hasRollups(dataset),
      resolution: declaredSteps(dataset),
    };
  }
  const { silence, fields } = dataset;
  return {
    silence,
    fields: fields.map(({ name, type, personal = false }) => ({ name, type, personal })),
  };
}
