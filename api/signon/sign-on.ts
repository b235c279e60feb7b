/**
 * Single sign-on: identifies a person by a session cookie or by a token of the provider. Nothing is stored on the server: the
 * sealed cookie is the session, and it expires by itself.
 */

import { createHash, hkdfSync } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import { type Claims, type Person, personOf, type SignOnSettings } from '../../domain/sign-on.ts';
import { Problem } from '../http/problem.ts';
import { type Begun, Provider } from './provider.ts';

/** How long a person may take to sign on. */
const SIGN_ON_MS = 600_000;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

export interface SignedOn extends Person {
  /** When the session or the token expires. */
  readonly until: Date;
}

export class SignOn {
  readonly #settings: SignOnSettings;
  readonly #provider: Provider;
  readonly #seal: Seal;
  readonly #isSecure: boolean;
  readonly #now: () => Date;

  constructor(settings: SignOnSettings, now: () => Date) {
    this.#settings = settings;
    this.#provider = new Provider(settings);
    this.#seal = new Seal(settings);
    this.#isSecure = settings.page.startsWith('https:');
    this.#now = now;
  }

  /** Sends the browser to the provider. @param view of the page to come back to: `#/changes`. @throws Problem 503 */
  async begin(reply: FastifyReply, view: string): Promise<FastifyReply> {
    const { url, begun } = await this.#provider.begin();
    await this.#keep(reply, 'sign-on', { ...begun, view }, SIGN_ON_MS);
    return reply.header('cache-control', 'no-store').redirect(url, 303);
  }

  /** Verifies the provider's redirect and starts the session. @throws Problem 400, 403, 503 */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const begun = await this.#seal.open('sign-on', request.cookies[this.#cookie('sign-on')], this.#now());
    if (begun === undefined)
      throw new Problem(
        400,
        'this sign-on began in another browser, or too long ago; begin again at /auth/login',
      );
    this.#drop(reply, 'sign-on');
    const query = request.raw.url?.split('?')[1] ?? '';
    const person = this.#personOf(await this.#provider.end(query, begun as unknown as Begun));
    await this.#keep(reply, 'session', { ...person }, this.#settings.sessionMs);
    return reply.header('cache-control', 'no-store').redirect(`${this.#settings.page}/${begun.view}`, 303);
  }

  /** Ends the session of this browser. @returns the provider's sign-off URL; null where it has none. */
  async leave(reply: FastifyReply): Promise<string | null> {
    this.#drop(reply, 'session');
    return await this.#provider.endUrl();
  }

  /**
   * The person of a session cookie; undefined without one, or when the session has expired.
   * @throws Problem 403 for a call that changes something and comes from another page than ours.
   */
  async ofCookie({ cookies, method, headers }: FastifyRequest): Promise<SignedOn | undefined> {
    const session = await this.#seal.open('session', cookies[this.#cookie('session')], this.#now());
    if (session === undefined) return undefined;
    if (!SAFE_METHODS.includes(method) && headers.origin !== new URL(this.#settings.page).origin)
      throw new Problem(
        403,
        `a call that is made with a cookie has to come from the page ${this.#settings.page}`,
      );
    const { subject, name, role, exp = 0 } = session as unknown as Person & { exp?: number };
    return { subject, name, role, until: new Date(exp * 1_000) };
  }

  /** The person of a token of the provider. @throws Problem 401, 403, 503 */
  async ofToken(token: string): Promise<SignedOn> {
    const claims = await this.#provider.verify(token, this.#now());
    return { ...this.#personOf(claims), until: new Date(Number(claims.exp) * 1_000) };
  }

  /** @throws Problem 403 */
  #personOf(claims: Claims): Person {
    const person = personOf(claims, this.#settings);
    if (person) return person;
    const { rolesClaim } = this.#settings;
    throw new Problem(
      403,
      `you are known, and have no role here: nothing in your claim "${rolesClaim}" is named by OIDC_ROLES; ask your administrator`,
    );
  }

  async #keep(reply: FastifyReply, what: 'sign-on' | 'session', content: object, forMs: number) {
    const from = this.#now();
    const sealed = await this.#seal.close(what, { ...content }, from, new Date(from.getTime() + forMs));
    reply.setCookie(this.#cookie(what), sealed, { ...this.#attributes(what), maxAge: forMs / 1_000 });
  }

  #drop(reply: FastifyReply, what: 'sign-on' | 'session'): void {
    reply.clearCookie(this.#cookie(what), this.#attributes(what));
  }

  /** The prefix makes the browser restrict it to this host and to HTTPS. */
  #cookie(what: 'sign-on' | 'session'): string {
    return `${this.#isSecure ? '__Host-' : ''}tidemark-${what}`;
  }

  /** A sign-on ends with a navigation from the provider (SameSite=Lax); a session is used by our page only. */
  #attributes(what: 'sign-on' | 'session') {
    const sameSite = what === 'session' ? ('strict' as const) : ('lax' as const);
    return { path: '/', httpOnly: true, secure: this.#isSecure, sameSite };
  }
}

/*
 * State kept in the browser: encrypted, so that it can be neither read nor changed there, and with an expiry. The key is derived
 * from the client's secret and the grants, so every API server has it, and changing either ends all sessions.
 */

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
