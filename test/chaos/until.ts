/** Waiting for a condition, or for an action to succeed, while servers come and go. */
import { setTimeout as delay } from 'node:timers/promises';

const CHECK_EVERY_MS = 250;

/**
 * Waits until `look` gives something true, and returns that. A look that fails is one more that was too early.
 * @throws Error that names what was waited for and the last failure.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  limitMs = 300_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + limitMs;
  let reason = 'it is not so';
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found) return found;
      reason = 'it is not so';
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await delay(CHECK_EVERY_MS);
  }
  throw new Error(`after ${limitMs / 1000} s still not so: ${what} (${reason})`);
}
