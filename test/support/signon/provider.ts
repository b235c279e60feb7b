/** A real provider of sign-on (npm `oidc-provider`) on loopback: two forms, and whatever claims of people a test wants. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { freePort } from '../../chaos/addresses.ts';

export const CLIENT = { id: 'tidemark', secret: 'a-secret-of-the-provider-0123456789' };

export interface TestProvider {
  readonly issuer: string;
  /** A token of its own making, signed with its own key, or with `key`. */
  token(claims: JWTPayload, key?: CryptoKey): Promise<string>;
  close(): Promise<void>;
}

/** @param groups by name of a person; whoever signs on by a name is let in, without a password. @param page where people are sent back to. */
export async function startProvider(
  page: string,
  groups: Readonly<Record<string, readonly string[]>>,
): Promise<TestProvider> {
  const port = await freePort();
  // Another site than the page of a test, which is 127.0.0.1: what a browser sends across sites shows.
  const issuer = `http://localhost:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'test', use: 'sig', alg: 'RS256' };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${page}/auth/callback`],
        post_logout_redirect_uris: [`${page}/`],
      },
    ],
    jwks: { keys: [jwk as never] },
    claims: { openid: ['sub', 'groups'], profile: ['preferred_username'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['test'] },
    findAccount: (_context, subject) => ({
      accountId: subject,
      claims: () => ({
        sub: subject,
        preferred_username: `${subject}@desk.example`,
        groups: groups[subject] ?? [],
      }),
    }),
  });
  const server = createServer(provider.callback()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer,
    token: (claims, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(key),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
