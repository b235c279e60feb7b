/** Posts to receivers: no redirects, bounded in time and size; answers are never quoted, because they may echo what was sent. */
import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { Failure } from '../domain/workflow/failures.ts';
import { PrivateAddress, receiverAgent } from './public-network.ts';

/** Statuses that mean "try again later". */
const LATER = new Set([408, 409, 425, 429]);
const LONGEST_WAIT_MS = 3_600_000;

export class Poster {
  readonly #agent: Dispatcher;
  readonly #receiverMs: number;

  constructor(allowPrivate: boolean, receiverMs: number) {
    this.#agent = receiverAgent(allowPrivate, receiverMs);
    this.#receiverMs = receiverMs;
  }

  /** @throws Failure RECEIVER_UNREACHABLE, RECEIVER_ERROR, RECEIVER_REFUSED */
  async post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const { status, retryAfter } = await this.#exchange(url, body, headers);
    if (status >= 200 && status < 300) return;
    const message = `the receiver answered ${status}`;
    if (status >= 500 || LATER.has(status))
      throw new Failure('RECEIVER_ERROR', message, { status, ...waitOf(retryAfter) });
    throw new Failure('RECEIVER_REFUSED', message, { status });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #exchange(url: string, body: string, headers: Readonly<Record<string, string>>) {
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(this.#receiverMs),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'tidemark/0.1 (notifications)',
          ...headers,
        },
        body,
      });
      // Not read: the status is enough, and an endless body would block us.
      answer.body.on('error', () => {}).destroy();
      return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
    } catch (error) {
      throw unreachable(error, this.#receiverMs);
    }
  }
}

/** Its own words stay out where they could quote the address. */
function unreachable(error: unknown, receiverMs: number): Failure {
  if (error instanceof PrivateAddress) return new Failure('RECEIVER_REFUSED', error.message);
  const { name, code } = error as NodeJS.ErrnoException;
  const why =
    name === 'TimeoutError' ? `no answer within ${receiverMs / 1_000} s` : (code ?? name ?? 'no connection');
  return new Failure('RECEIVER_UNREACHABLE', `the receiver could not be reached: ${why}`);
}

function waitOf(retryAfter: string | string[] | undefined): { retryAfterMs?: number } {
  const seconds = Number(retryAfter);
  if (!Number.isFinite(seconds) || seconds <= 0) return {};
  return { retryAfterMs: Math.min(seconds * 1_000, LONGEST_WAIT_MS) };
}
