/** Keys of the HTTP API. */
import type { Sql } from '../client.ts';

export type KeyRole = 'reader' | 'operator' | 'admin';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** Datasets that it may see; null: every open one. */
  readonly datasets: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: Date | null;
}

const COLUMNS = `id, name, role, datasets, created_at as "createdAt", created_by as "createdBy",
  expires_at as "expiresAt", revoked_at as "revokedAt", revoked_by as "revokedBy", last_used_at as "lastUsedAt"`;

/** The key with this secret, whatever has become of it. */
export async function findKey(sql: Sql, secretSha256: Buffer): Promise<ApiKey | undefined> {
  const { rows } = await sql.query<ApiKey>(`select ${COLUMNS} from ops.api_key where secret_sha256 = $1`, [
    secretSha256,
  ]);
  return rows[0];
}

/** Notes the use of a key, at most once a minute: reading must not become writing. */
export async function touchKey(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query(
    `update ops.api_key set last_used_at = $2
     where id = $1 and coalesce(last_used_at < $2::timestamptz - interval '1 minute', true)`,
    [id, at],
  );
}
