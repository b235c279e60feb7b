/** Registration of datasets of records and their sources. */
import type { SourceFacts } from '../../domain/dataset.ts';
import type { RecordDataset } from '../../domain/record-dataset.ts';
import type { Sql } from '../client.ts';
import { storageOf } from '../storage.ts';

/** A source that may be asked for other datasets keeps its quota. */
export async function registerRecordSource(
  sql: Sql,
  { id, title, link, timeZone }: SourceFacts,
): Promise<void> {
  await sql.query(
    `insert into ops.source as s (source, title, link, time_zone) values ($1, $2, $3, $4)
     on conflict (source) do update set title = excluded.title, link = excluded.link, time_zone = excluded.time_zone
     where (s.title, s.link, s.time_zone) is distinct from (excluded.title, excluded.link, excluded.time_zone)`,
    [id, title, link, timeZone],
  );
}

export async function registerRecordDataset(sql: Sql, dataset: RecordDataset): Promise<void> {
  const { schema, table } = storageOf(dataset.id);
  await sql.query(
    `insert into ops.dataset as d (
       dataset, source, title, description, unit, time_zone, owner, licence, source_link, access_class, retention, first_day,
       schema_name, table_name, decoder_version, kind)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 * interval '1 day', $12, $13, $14, $15, 'records')
     on conflict (dataset) do update set
       title = excluded.title, description = excluded.description, unit = excluded.unit, time_zone = excluded.time_zone,
       owner = excluded.owner, licence = excluded.licence, source_link = excluded.source_link,
       access_class = excluded.access_class, retention = excluded.retention, first_day = excluded.first_day,
       decoder_version = excluded.decoder_version, kind = excluded.kind
     where d is distinct from excluded`,
    [
      dataset.id,
      dataset.source.id,
      dataset.title,
      dataset.description,
      dataset.unit,
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
    ],
  );
}

/** Makes the dataset's tables, public relations and grants where they are missing, and columns for new fields. */
export async function ensureRecordStorage(
  sql: Sql,
  { id, access, fold, fields }: RecordDataset,
): Promise<void> {
  const columns = fields.map(({ name, type, personal = false }) => ({ name, type, personal }));
  await sql.query('select ops.ensure_record_storage($1, $2, $3, $4)', [
    id,
    access === 'restricted',
    fold,
    JSON.stringify(columns),
  ]);
}
