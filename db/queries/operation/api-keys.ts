/** Keys of the HTTP API. */

import { createHash, randomBytes } from 'node:crypto';
import type { KeyRole } from '../../../domain/api-key.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** Datasets that it may see; null: every open one. */
  readonly datasets: readonly string[] | null;
  /** Whether it may see fields with personal data. */
  readonly personal: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: Date | null;
}

const COLUMNS = `id, name, role, datasets, personal, created_at as "createdAt", created_by as "createdBy",
  expires_at as "expiresAt", revoked_at as "revokedAt", revoked_by as "revokedBy", last_used_at as "lastUsedAt"`;

/** The key with this secret, valid or not. */
export async function findKey(sql: Sql, secretSha256: Buffer): Promise<ApiKey | undefined> {
  const { rows } = await sql.query<ApiKey>(`select ${COLUMNS} from ops.api_key where secret_sha256 = $1`, [
    secretSha256,
  ]);
  return rows[0];
}

/** Which of some keys are no longer valid at an instant. */
export async function endedKeys(sql: Sql, ids: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    'select id from ops.api_key where id = any($1) and (revoked_at is not null or expires_at <= $2)',
    [ids, at],
  );
  return rows.map(({ id }) => id);
}

/** Records the use of a key, at most once a minute, so that not every read causes a write. */
export async function touchKey(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query(
    `update ops.api_key set last_used_at = $2
     where id = $1 and coalesce(last_used_at < $2::timestamptz - interval '1 minute', true)`,
    [id, at],
  );
}

/** A key to be stored. */
export type NewKey = Pick<ApiKey, 'id' | 'name' | 'role' | 'datasets' | 'createdBy' | 'expiresAt'> &
  Partial<Pick<ApiKey, 'personal'>>;

export async function insertKey(sql: Sql, key: NewKey, secretSha256: Buffer): Promise<ApiKey> {
  const { rows } = await sql.query<ApiKey>(
    `insert into ops.api_key (id, name, secret_sha256, role, datasets, created_by, expires_at, personal)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning ${COLUMNS}`,
    [
      key.id,
      key.name,
      secretSha256,
      key.role,
      key.datasets,
      key.createdBy,
      key.expiresAt,
      key.personal ?? false,
    ],
  );
  return onlyRow(rows);
}

/** Every key, newest first. */
export async function listKeys(sql: Sql): Promise<ApiKey[]> {
  const { rows } = await sql.query<ApiKey>(`select ${COLUMNS} from ops.api_key order by created_at desc, id`);
  return rows;
}

/** Revokes a key. One that was revoked before stays as it was. @returns undefined when there is no such key. */
export async function revokeKey(
  sql: Sql,
  id: string,
  by: string,
): Promise<(ApiKey & { readonly changed: boolean }) | undefined> {
  const { rows } = await sql.query<ApiKey & { changed: boolean }>(
    `with revoked as (
       update ops.api_key set revoked_at = now(), revoked_by = $2 where id = $1 and revoked_at is null
       returning ${COLUMNS}
     )
     select *, true as changed from revoked
     union all
     select ${COLUMNS}, false from ops.api_key where id = $1 and not exists (select from revoked)`,
    [id, by],
  );
  return rows[0];
}

// The secret of a key: 256 random bits, so that a plain hash of it is as safe as a slow one.

const PREFIX = 'tmk_';

export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

/** The stored form. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
