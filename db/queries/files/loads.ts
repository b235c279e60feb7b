/** Loads of files: a file may be loaded again, and each load has its own instant of knowledge. */

import type { FileForm, RecordsForm } from '../../../domain/files/file-form.ts';
import type { LoadResult } from '../../../domain/files/load.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

// Files that are being loaded, or were: what they are, and where they were last found.

interface StoredFile {
  readonly id: number;
  readonly dataset: string;
  /** As last given. */
  readonly name: string;
  /** Where workers read its text. */
  readonly location: string;
  /** Hash of the text. */
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly lines: number;
  /** Modification time of the given file; null if it has none. */
  readonly modifiedAt: Date | null;
  readonly form: FileForm | RecordsForm;
}

/** The delivery days in which the points of a file begin and end. */
export interface DaysCovered {
  readonly firstDay: CivilDay;
  readonly lastDay: CivilDay;
}

/** Columns of `ops.file f`, without its id. */
const FILE_COLUMNS = `f.dataset, f.name, f.location, f.sha256, f.size_bytes as "sizeBytes", f.lines,
  f.modified_at as "modifiedAt", f.form`;

/** Registers a file, or the new location of a registered one. */
export async function registerFile(
  sql: Sql,
  file: Omit<StoredFile, 'id'> & Partial<DaysCovered>,
): Promise<StoredFile> {
  const { rows } = await sql.query<StoredFile>(
    `insert into ops.file as f (dataset, name, location, sha256, size_bytes, lines, modified_at, form, first_day, last_day)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (dataset, sha256, form) do update set
       name = excluded.name, location = excluded.location, modified_at = excluded.modified_at
     returning id, ${FILE_COLUMNS}`,
    [
      ...[file.dataset, file.name, file.location, file.sha256, file.sizeBytes, file.lines, file.modifiedAt],
      JSON.stringify(file.form),
      ...[file.firstDay ?? null, file.lastDay ?? null],
    ],
  );
  return onlyRow(rows);
}

/** The files last found under a name with a modification time: one, unless the time of a file was set by hand. */
export async function filesFoundAt(
  sql: Sql,
  dataset: string,
  name: string,
  modifiedAt: Date,
): Promise<StoredFile[]> {
  const { rows } = await sql.query<StoredFile>(
    `select id, ${FILE_COLUMNS} from ops.file f where dataset = $1 and name = $2 and modified_at = $3`,
    [dataset, name, modifiedAt],
  );
  return rows;
}

/** A load, and the file that it loads. */
export interface StoredLoad extends Omit<StoredFile, 'id'> {
  readonly loadId: number;
  /** When the bytes of the file were read and hashed. */
  readonly registeredAt: Date;
  /** Its outcome; null until it ends, and if it was stopped. */
  readonly result: LoadResult | null;
}

interface NewLoad {
  readonly fileId: number;
  readonly registeredAt: Date;
  readonly workflowId: string;
  readonly runId: string;
}

/** Registers the load of a run. */
export async function registerLoad(
  sql: Sql,
  { fileId, registeredAt, workflowId, runId }: NewLoad,
): Promise<number> {
  const { rows } = await sql.query<{ id: number }>(
    `insert into ops.load (file_id, registered_at, workflow_id, run_id) values ($1, $2, $3, $4)
     returning id`,
    [fileId, registeredAt, workflowId, runId],
  );
  return onlyRow(rows).id;
}

const COLUMNS = `l.id as "loadId", ${FILE_COLUMNS}, l.registered_at as "registeredAt",
  case when l.stopped is null then l.result end as result`;

/** @throws Error when there is none. */
export async function loadById(sql: Sql, id: number): Promise<StoredLoad> {
  const { rows } = await sql.query<StoredLoad>(
    `select ${COLUMNS} from ops.load l join ops.file f on f.id = l.file_id where l.id = $1`,
    [id],
  );
  return onlyRow(rows);
}

/** The last completed load of a file, if each of its parts is still the last payload of its day: then it stands. */
export async function finishedLoad(sql: Sql, fileId: number): Promise<StoredLoad | undefined> {
  const { rows } = await sql.query<StoredLoad>(
    `select ${COLUMNS} from ops.file f join ops.load l on l.id = (
       select max(id) from ops.load where file_id = f.id and result is not null and stopped is null)
     where f.id = $1 and not exists (
       select from ops.load_part t where t.load_id = l.id and t.payload_id is distinct from (
         select p.id from ops.payload p where p.dataset = f.dataset and p.day = t.day order by p.fetched_at desc limit 1))`,
    [fileId],
  );
  return rows[0];
}

/** Records the end of a load, its outcome, and why it was stopped, if it was. */
export async function finishLoad(
  sql: Sql,
  id: number,
  at: Date,
  result: LoadResult,
  stopped: string | null,
): Promise<void> {
  await sql.query('update ops.load set finished_at = $2, result = $3, stopped = $4 where id = $1', [
    ...[id, at, JSON.stringify(result), stopped],
  ]);
}

/** Records the payloads with the content of a load's lines for some days: the last ones, now that it has written them. */
export async function noteParts(
  sql: Sql,
  { dataset, loadId }: Pick<StoredLoad, 'dataset' | 'loadId'>,
  days: readonly CivilDay[],
): Promise<void> {
  await sql.query(
    `insert into ops.load_part (load_id, day, payload_id)
     select $1, d.day, (select id from ops.payload p where p.dataset = $2 and p.day = d.day order by p.fetched_at desc limit 1)
     from unnest($3::date[]) as d(day)`,
    [loadId, dataset, days],
  );
}
