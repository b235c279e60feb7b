/**
 * State kept in the browser: encrypted, so that it can be neither read nor changed there, and with an expiry. The key is derived
 * from the client's secret and the grants, so every API server has it, and changing either ends all sessions.
 */
import { createHash, hkdfSync } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { SignOnSettings } from '../../domain/sign-on.ts';

/** What something was sealed as; one kind is not accepted as the other. */
type Purpose = 'sign-on' | 'session';

export class Seal {
  readonly #key: Uint8Array;

  constructor({ issuer, clientId, clientSecret, rolesClaim, roles }: SignOnSettings) {
    const about = JSON.stringify(['tidemark session', issuer, clientId, rolesClaim, roles]);
    const info = createHash('sha256').update(about).digest();
    this.#key = new Uint8Array(hkdfSync('sha256', clientSecret, '', info, 32));
  }

  async close(purpose: Purpose, content: JWTPayload, from: Date, until: Date): Promise<string> {
    return await new EncryptJWT(content)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(purpose)
      .setIssuedAt(from)
      .setExpirationTime(until)
      .encrypt(this.#key);
  }

  /** @returns undefined for what we did not seal, what was sealed for another purpose, and what has expired. */
  async open(purpose: Purpose, sealed: string | undefined, at: Date): Promise<JWTPayload | undefined> {
    if (!sealed) return undefined;
    const how = {
      ...{ audience: purpose, currentDate: at, requiredClaims: ['exp'] },
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    };
    return await jwtDecrypt(sealed, this.#key, how).then(
      ({ payload }) => payload,
      () => undefined,
    );
  }
}
