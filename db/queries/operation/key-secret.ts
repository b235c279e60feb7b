/** The secret of a key: 256 random bits, so that a plain hash of it is as safe as a slow one. */
import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'tmk_';

export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

/** The stored form. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
