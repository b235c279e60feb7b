/** Files that were loaded, or are. */
import type { FileForm } from '../../domain/file-form.ts';
import type { LoadedRange, LoadVerdict } from '../../domain/load.ts';
import { onlyRow, type Sql } from '../client.ts';

export interface StoredFile {
  readonly id: number;
  readonly dataset: string;
  /** As it was given. */
  readonly name: string;
  /** Where workers read its text. */
  readonly location: string;
  /** Of its text. */
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly lines: number;
  /** Of the file as given; null where it has none. */
  readonly modifiedAt: Date | null;
  readonly form: FileForm;
  readonly registeredAt: Date;
  /** Null while it is being loaded, and when its load was stopped. */
  readonly verdict: LoadVerdict | null;
}

const COLUMNS = `id, dataset, name, location, sha256, size_bytes as "sizeBytes", lines, modified_at as "modifiedAt", form,
  registered_at as "registeredAt", verdict`;

export type NewFile = Omit<StoredFile, 'id' | 'verdict'> & {
  readonly workflowId: string;
  readonly runId: string;
};

/** Registers a file. One that is there already, from an earlier or a lost attempt, is given back as it is. */
export async function registerFile(sql: Sql, file: NewFile): Promise<StoredFile> {
  const { rows } = await sql.query<StoredFile>(
    `insert into ops.file (dataset, name, location, sha256, size_bytes, lines, modified_at, form, registered_at, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (dataset, sha256, form) do update set
       location = excluded.location, modified_at = excluded.modified_at, workflow_id = excluded.workflow_id, run_id = excluded.run_id
     returning ${COLUMNS}`,
    [
      ...[file.dataset, file.name, file.location, file.sha256, file.sizeBytes, file.lines, file.modifiedAt],
      ...[JSON.stringify(file.form), file.registeredAt, file.workflowId, file.runId],
    ],
  );
  return onlyRow(rows);
}

/** @throws Error when there is none. */
export async function fileById(sql: Sql, id: number): Promise<StoredFile> {
  const { rows } = await sql.query<StoredFile>(`select ${COLUMNS} from ops.file where id = $1`, [id]);
  return onlyRow(rows);
}

/** The file that was loaded last under a name, if one was. */
export async function fileByName(sql: Sql, dataset: string, name: string): Promise<StoredFile | undefined> {
  const { rows } = await sql.query<StoredFile>(
    `select ${COLUMNS} from ops.file where dataset = $1 and name = $2 order by id desc limit 1`,
    [dataset, name],
  );
  return rows[0];
}

/** Notes that a file is loaded, and what came of it. */
export async function finishFile(sql: Sql, id: number, at: Date, verdict: LoadVerdict): Promise<void> {
  await sql.query('update ops.file set finished_at = $2, verdict = $3 where id = $1', [
    id,
    at,
    JSON.stringify(verdict),
  ]);
}

/** What came of a range that is loaded; undefined when it is not. */
export async function loadedRange(
  sql: Sql,
  fileId: number,
  byteFrom: number,
): Promise<LoadedRange | undefined> {
  const { rows } = await sql.query<{ result: LoadedRange }>(
    'select result from ops.file_range where file_id = $1 and byte_from = $2',
    [fileId, byteFrom],
  );
  return rows[0]?.result;
}

/** Notes that a range is loaded. In the transaction that writes its days. */
export async function insertLoadedRange(
  sql: Sql,
  fileId: number,
  byteFrom: number,
  result: LoadedRange,
): Promise<void> {
  await sql.query('insert into ops.file_range (file_id, byte_from, result) values ($1, $2, $3)', [
    fileId,
    byteFrom,
    JSON.stringify(result),
  ]);
}
