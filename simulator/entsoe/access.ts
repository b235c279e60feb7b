// Access control: the token, and how often it is used. A token with too many requests is banned for a while.
import type { Answer } from '../answer.ts';
import { createSlidingCount } from '../quota.ts';
import { entsoeForms, throttled } from './forms.ts';
import type { EntsoeSettings } from './settings.ts';

const MINUTE_MS = 60_000;
/** The form of real tokens, and a word accepted in place of one. */
const TOKEN = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|simulated)$/i;

/** A refusal; undefined if access is granted. Instants are of a clock that never goes back, except `nowMs`, the simulator's. */
export type Access = (token: string | undefined, monotonicMs: number, nowMs: number) => Answer | undefined;

/** Access control with settings that may change at any time. */
export function createAccess(settings: () => EntsoeSettings): Access {
  const counts = new Map<string, ReturnType<typeof createSlidingCount>>();
  const bannedUntilMs = new Map<string, number>();
  return (token, monotonicMs, nowMs) => {
    const { token: right, requests, banMs } = settings();
    if (token === undefined || !(right === '' ? TOKEN.test(token) : token === right))
      return entsoeForms(nowMs).status(401);
    if (requests === 0) return undefined;
    const count = counts.get(token) ?? createSlidingCount(MINUTE_MS);
    counts.set(token, count);
    const untilMs = bannedUntilMs.get(token) ?? 0;
    const isBanned = monotonicMs < untilMs;
    if (!isBanned && count.add(monotonicMs) <= requests) return undefined;
    const endMs = isBanned ? untilMs : monotonicMs + banMs;
    bannedUntilMs.set(token, endMs);
    return throttled(requests, nowMs + endMs - monotonicMs);
  };
}
