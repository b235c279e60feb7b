/** Does the publisher answer from here? Asked once, before anything is decided about live or simulated data. */
import type { PulledPoints } from '../domain/dataset/points.ts';
import { deliveryInterval } from '../domain/time/delivery-day.ts';

export type PublisherAnswer =
  | { readonly kind: 'live' }
  /** A simulator of ours answers there. */
  | { readonly kind: 'simulator' }
  | { readonly kind: 'unreachable'; readonly reason: string };

const PATIENCE_MS = 8_000;

/**
 * Asks for one day, as a worker would. An error of the publisher's own (429, 5xx) is an answer: then the data is live and
 * the worker tries again. A page of somebody in between (a proxy, a login) is none.
 */
export async function askPublisher(
  baseUrl: string,
  dataset: PulledPoints,
  day: string,
): Promise<PublisherAnswer> {
  const { path, query, accept } = dataset.pull.request(deliveryInterval(dataset, day));
  const url = `${baseUrl}${path}?${new URLSearchParams(query)}`;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { headers: { accept }, redirect: 'manual', signal });
    await answer.body?.cancel();
    if (answer.headers.has('x-tidemark-simulator'))
      return answer.status === 404
        ? { kind: 'unreachable', reason: 'the simulator does not know it' }
        : { kind: 'simulator' };
    const type = answer.headers.get('content-type') ?? 'no content type';
    if (type.includes('json') || answer.status === 429 || answer.status >= 500) return { kind: 'live' };
    return { kind: 'unreachable', reason: `somebody else answers there: ${answer.status} with ${type}` };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${PATIENCE_MS / 1000} s`;
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : String(error);
}
