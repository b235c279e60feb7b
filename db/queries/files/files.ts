/** Files that are being loaded, or were: what they are, and where they were last found. */
import type { FileForm, RecordsForm } from '../../../domain/files/file-form.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface StoredFile {
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

/** Columns of `ops.file f`, without its id. */
export const FILE_COLUMNS = `f.dataset, f.name, f.location, f.sha256, f.size_bytes as "sizeBytes", f.lines,
  f.modified_at as "modifiedAt", f.form`;

/** Registers a file, or the new location of a registered one. */
export async function registerFile(sql: Sql, file: Omit<StoredFile, 'id'>): Promise<StoredFile> {
  const { rows } = await sql.query<StoredFile>(
    `insert into ops.file as f (dataset, name, location, sha256, size_bytes, lines, modified_at, form)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (dataset, sha256, form) do update set
       name = excluded.name, location = excluded.location, modified_at = excluded.modified_at
     returning id, ${FILE_COLUMNS}`,
    [
      ...[file.dataset, file.name, file.location, file.sha256, file.sizeBytes, file.lines, file.modifiedAt],
      JSON.stringify(file.form),
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
