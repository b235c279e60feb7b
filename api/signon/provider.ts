/**
 * The sign-on provider, found by discovery when first needed; after a failure the next call tries again. Its answers are
 * verified by `openid-client` (the flow) and `jose` (tokens that are sent to the API).
 */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import type { Claims, SignOnSettings } from '../../domain/sign-on.ts';
import { Problem } from '../http/problem.ts';

/** Asymmetric signatures only, whose public keys the provider publishes. */
const ALGORITHMS = ['RS', 'PS', 'ES'].flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`));
const RETRY_AFTER = '5';
/** Tolerated difference between the provider's clock and ours, seconds. */
const CLOCK_TOLERANCE = 10;

/** The state that a browser carries from the start of a sign-on to its end. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

interface Discovered {
  readonly configuration: oidc.Configuration;
  readonly keys: JWTVerifyGetKey;
}

export class Provider {
  readonly #settings: SignOnSettings;
  readonly #redirect: string;
  #found: Promise<Discovered> | undefined;

  constructor(settings: SignOnSettings) {
    this.#settings = settings;
    this.#redirect = `${settings.page}/auth/callback`;
  }

  /** Where a browser goes to sign on. @throws Problem 503 */
  async begin(): Promise<{ url: string; begun: Begun }> {
    const { configuration } = await this.#discovered();
    const begun = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirect,
      scope: this.#settings.scopes,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, begun };
  }

  /** The claims of the signed-on person. @param query of the URL that the provider redirected to. @throws Problem 400, 403, 503 */
  async end(query: string, { state, nonce, verifier }: Begun): Promise<Claims> {
    const { configuration } = await this.#discovered();
    const came = new URL(`${this.#redirect}?${query}`);
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, came, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return { ...tokens.claims() };
    } catch (error) {
      throw whyNotSignedOn(error);
    }
  }

  /** The claims of a token. @param at the instant at which it must be valid. @throws Problem 401, 503 */
  async verify(token: string, at: Date): Promise<Claims> {
    const { configuration, keys } = await this.#discovered();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: configuration.serverMetadata().issuer,
        audience: [...this.#settings.audiences],
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        currentDate: at,
        clockTolerance: CLOCK_TOLERANCE,
      });
      return payload;
    } catch (error) {
      throw whyNotTaken(error);
    }
  }

  /** The provider's sign-off URL; null where it has none or is away. */
  async endUrl(): Promise<string | null> {
    const found = await this.#discovered().catch(() => undefined);
    if (!found?.configuration.serverMetadata().end_session_endpoint) return null;
    const back = { post_logout_redirect_uri: `${this.#settings.page}/` };
    return oidc.buildEndSessionUrl(found.configuration, back).href;
  }

  #discovered(): Promise<Discovered> {
    this.#found ??= this.#discover().catch((error: unknown) => {
      this.#found = undefined;
      throw isAway(error) ? away() : error;
    });
    return this.#found;
  }

  async #discover(): Promise<Discovered> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const isPlain = new URL(issuer).protocol === 'http:';
    const execute = isPlain ? [oidc.allowInsecureRequests] : [];
    const { serverMetadata } = await oidc
      .discovery(new URL(issuer), clientId, clientSecret, undefined, { execute })
      .then((found) => ({ serverMetadata: found.serverMetadata() }));
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = serverMetadata;
    const proves = methods.includes('client_secret_basic') ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    const configuration = new oidc.Configuration(
      serverMetadata,
      clientId,
      clientSecret,
      proves(clientSecret),
    );
    if (isPlain) oidc.allowInsecureRequests(configuration);
    oidc.enableNonRepudiationChecks(configuration);
    return { configuration, keys: createRemoteJWKSet(new URL(serverMetadata.jwks_uri ?? '')) };
  }
}

function away(): Problem {
  return new Problem(503, 'the provider of sign-on does not answer; try again, or use a key', {
    headers: { 'retry-after': RETRY_AFTER },
  });
}

/** Never quotes the provider: its words may contain a code or a token. */
function whyNotSignedOn(error: unknown): Problem {
  if (error instanceof oidc.AuthorizationResponseError)
    return new Problem(
      403,
      `the provider did not sign you on (${wordOf(error.error)}); begin again at /auth/login`,
    );
  if (isAway(error)) return away();
  const code = error instanceof oidc.ResponseBodyError ? error.error : (error as { code?: string }).code;
  return new Problem(400, `this sign-on cannot be taken (${wordOf(code)}); begin again at /auth/login`);
}

function whyNotTaken(error: unknown): Problem {
  const isWrong =
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  if (!isWrong) return away();
  const claim = error instanceof errors.JWTClaimValidationFailed ? `: its "${error.claim}" is not right` : '';
  const reason = error instanceof errors.JWTExpired ? 'has expired' : `is not one of our provider${claim}`;
  return new Problem(401, `this token ${reason}; sign on again, or send a key`, {
    headers: { 'www-authenticate': 'Bearer realm="tidemark", error="invalid_token"' },
  });
}

/** Foreign text, if it is a plain word. */
function wordOf(text: unknown): string {
  return typeof text === 'string' && /^\w{1,60}$/.test(text) ? text : 'no reason was given';
}

/** No connection, no answer in time, or an answer from something that is not a provider. */
function isAway(error: unknown): boolean {
  const { code = '', status } = error as { code?: string; status?: number };
  if (error instanceof TypeError) return code === '';
  return /TIMEOUT|OAUTH_RESPONSE_IS_NOT/.test(code) || (typeof status === 'number' && status >= 500);
}
