/** Keys of the HTTP API: what a role is, and whether a key still counts. */

/** Each may do what those before it may: read · start and decide · see who did what. */
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
