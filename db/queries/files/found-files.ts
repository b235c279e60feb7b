/** Files found by a schedule: their last signature, and the outcome of loading them. */
import type { FileState, NoteFoundFileInput, SeenFile } from '../../../domain/files/found-files.ts';
import type { Sql } from '../../connection/client.ts';

export interface RememberedFile extends SeenFile {
  /** Whether this version was not loaded yet. */
  readonly isNews: boolean;
  /** Whether it has been unchanged for long enough. */
  readonly isSettled: boolean;
}

/** Records the signatures of files at an instant; a change counts from then. */
export async function rememberFiles(
  sql: Sql,
  dataset: string,
  files: readonly SeenFile[],
  { at, settledSeconds }: { readonly at: Date; readonly settledSeconds: number },
): Promise<RememberedFile[]> {
  const { rows } = await sql.query<RememberedFile>(
    `insert into ops.found_file as f (dataset, location, signature, same_since, seen_at)
     select $1, location, signature, $4, $4 from unnest($2::text[], $3::text[]) as seen (location, signature)
     on conflict (dataset, location) do update set
       signature = excluded.signature, seen_at = excluded.seen_at,
       same_since = case when f.signature = excluded.signature then f.same_since else excluded.same_since end
     returning location, signature, tried_signature is distinct from signature as "isNews",
       same_since <= $4::timestamptz - $5 * interval '1 second' as "isSettled"`,
    [
      dataset,
      files.map(({ location }) => location),
      files.map(({ signature }) => signature),
      at,
      settledSeconds,
    ],
  );
  return rows;
}

/** Records the outcome of loading a version of a file: it is not loaded again until it changes. */
export async function noteFoundFile(
  sql: Sql,
  { dataset, location, signature, workflowId, runId, summary, error }: NoteFoundFileInput,
  at: Date,
): Promise<void> {
  await sql.query(
    `update ops.found_file
     set tried_signature = $3, tried_at = $4, workflow_id = $5, run_id = $6, result = $7, error = $8
     where dataset = $1 and location = $2`,
    [dataset, location, signature, at, workflowId, runId, summary, error],
  );
}

export interface FailedFile {
  readonly dataset: string;
  readonly location: string;
  readonly error: string;
}

/** Files that could not be loaded, and have not changed since. */
export async function failedFiles(sql: Sql): Promise<FailedFile[]> {
  const { rows } = await sql.query<FailedFile>(
    `select dataset, location, error from ops.found_file join ops.dataset d using (dataset)
     where d.enabled and error is not null and tried_signature = signature
     order by dataset, location`,
  );
  return rows;
}

/** A file as last seen, and the outcome of loading it. */
export interface FoundFile {
  readonly file: string;
  readonly state: FileState;
  readonly signature: string;
  readonly sameSince: Date;
  readonly seenAt: Date;
  readonly triedAt: Date | null;
  readonly result: string | null;
  readonly reason: string | null;
  readonly workflowId: string | null;
  readonly runId: string | null;
}

interface FilesFilter {
  readonly state?: FileState | undefined;
  /** The name of the last file of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Files of a dataset, by name. */
export async function foundFiles(
  sql: Sql,
  dataset: string,
  { state, after, limit }: FilesFilter,
): Promise<FoundFile[]> {
  const { rows } = await sql.query<FoundFile>(
    `select file, state, signature, same_since as "sameSince", seen_at as "seenAt", tried_at as "triedAt", result, reason,
       workflow_id as "workflowId", run_id as "runId"
     from catalog.found_file
     where dataset = $1 and ($2::text is null or state = $2) and ($3::text is null or file > $3)
     order by file limit $4`,
    [dataset, state ?? null, after ?? null, limit],
  );
  return rows;
}
