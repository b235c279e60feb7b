/** Keys for tests, made as the command makes them. */
import { randomUUID } from 'node:crypto';
import { hashSecret, insertKey, type NewKey, newSecret } from '../../../db/queries/operation/api-keys.ts';
import type { ApiEnvironment } from './api-environment.ts';

export interface TestKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly headers: { readonly authorization: string };
}

/** A reader of every open dataset, unless said otherwise. */
export async function makeKey(
  { deps }: { readonly deps: Pick<ApiEnvironment['deps'], 'database'> },
  wanted: Partial<NewKey> = {},
): Promise<TestKey> {
  const secret = newSecret();
  const { id, name } = await insertKey(
    deps.database,
    {
      id: `key-${randomUUID()}`,
      name: wanted.role ?? 'reader',
      role: 'reader',
      datasets: null,
      createdBy: 'test',
      expiresAt: null,
      ...wanted,
    },
    hashSecret(secret),
  );
  return { id, name, secret, headers: { authorization: `Bearer ${secret}` } };
}
