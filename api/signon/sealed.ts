/**
 * What a browser keeps for us: encrypted, so that it can neither be read nor changed there, with an end. The key follows from the
 * client's secret and from who may what, so every server of the API has it, and a change of either ends all sessions.
 */
import { createHash, hkdfSync } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { SignOnSettings } from '../../domain/sign-on.ts';

/** What something was sealed as: one cannot stand for the other. */
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

  /** @returns undefined for what we have not sealed, sealed as something else, or what has ended. */
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
