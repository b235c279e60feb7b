/** Keys of the HTTP API: their roles, and whether a key is still valid. */

/** Each includes the ones before it: read · start and decide · see who did what. */
export const KEY_ROLES = ['reader', 'operator', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

export type KeyStatus = 'valid' | 'expired' | 'revoked';

export function keyStatus(
  { expiresAt, revokedAt }: { readonly expiresAt: Date | null; readonly revokedAt: Date | null },
  at: Date,
): KeyStatus {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= at ? 'expired' : 'valid';
}
