// Access to the library: a token for a name and a password, valid for a quarter of an hour, and a number of requests per minute.
import { type Answer, jsonText } from '../answer.ts';
import { createSlidingCount } from '../quota.ts';
import type { LibrarySettings } from './settings.ts';

const MINUTE_MS = 60_000;
const CLIENT = 'tp-fms-public';

/** Issued tokens, and requests per user. Instants are of a clock that never goes back. */
export function createLibraryAccess(settings: () => LibrarySettings) {
  const ends = new Map<string, number>();
  let count = createSlidingCount(MINUTE_MS);
  let bannedUntilMs = 0;
  return {
    /** A token, or the reason why there is none, in Keycloak's form. */
    token(form: URLSearchParams, monotonicMs: number): Answer {
      const { user, password, tokenSeconds } = settings();
      if (form.get('client_id') !== CLIENT || form.get('grant_type') !== 'password')
        return refused('invalid_client', 'Invalid client or Invalid client credentials');
      const isRight = (given: string | null, right: string) =>
        right === '' ? Boolean(given) : given === right;
      if (!isRight(form.get('username'), user) || !isRight(form.get('password'), password))
        return refused('invalid_grant', 'Invalid user credentials');
      const token = `simulated-${ends.size + 1}`;
      ends.set(token, monotonicMs + tokenSeconds * 1_000);
      const given = {
        access_token: token,
        expires_in: tokenSeconds,
        refresh_expires_in: 1800,
        token_type: 'Bearer',
      };
      return jsonText(200, JSON.stringify(given));
    },
    /** Undefined if access is granted. */
    refusal(authorization: string | undefined, monotonicMs: number): Answer | undefined {
      const { requests, banMs } = settings();
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
      if ((ends.get(token) ?? 0) <= monotonicMs)
        return jsonText(401, JSON.stringify({ message: 'Unauthorized' }));
      if (requests === 0) return undefined;
      const isBanned = monotonicMs < bannedUntilMs;
      if (!isBanned && count.add(monotonicMs) <= requests) return undefined;
      if (!isBanned) {
        bannedUntilMs = monotonicMs + banMs;
        count = createSlidingCount(MINUTE_MS);
      }
      return jsonText(
        429,
        JSON.stringify({ message: `Max allowed requests per minute (${requests}) exceeded.` }),
      );
    },
  };
}

function refused(error: string, description: string): Answer {
  return jsonText(401, JSON.stringify({ error, error_description: description }));
}
