/** What people did through the HTTP API. Rows are added, never changed. */
import type { Sql } from '../../connection/client.ts';

export interface AuditEntry {
  readonly keyId: string | null;
  /** Name of the key. */
  readonly by: string;
  /** Method and route. */
  readonly action: string;
  readonly dataset: string | null;
  readonly input: unknown;
  readonly reason: string | null;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly outcome: string | null;
}

export interface StoredAudit extends AuditEntry {
  readonly id: number;
  readonly at: Date;
}

export async function insertAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    `insert into ops.audit (key_id, done_by, action, dataset, input, reason, status, outcome)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[entry.keyId, entry.by, entry.action, entry.dataset, JSON.stringify(entry.input)],
      ...[entry.reason, entry.status, entry.outcome],
    ],
  );
}

/** Which entries; omitted fields do not filter. */
export interface AuditFilter {
  readonly dataset?: string;
  /** Entries about any of these, or about none. */
  readonly datasets?: readonly string[];
  readonly keyId?: string;
  /** Older than the entry with this id. */
  readonly before?: number;
  readonly limit: number;
}

/** Entries, newest first. */
export async function listAudit(
  sql: Sql,
  { dataset, datasets, keyId, before, limit }: AuditFilter,
): Promise<StoredAudit[]> {
  const { rows } = await sql.query<StoredAudit>(
    `select id, done_at as at, key_id as "keyId", done_by as by, action, dataset, input, reason, status, outcome
     from ops.audit
     where ($1::text is null or dataset = $1) and ($2::text[] is null or dataset is null or dataset = any($2))
       and ($3::text is null or key_id = $3) and ($4::int8 is null or id < $4)
     order by id desc
     limit $5`,
    [dataset ?? null, datasets ?? null, keyId ?? null, before ?? null, limit],
  );
  return rows;
}
