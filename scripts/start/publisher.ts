/** Whether the publisher can be reached: probed once, before choosing between live and simulated data. */

import type { PulledPoints } from '../../domain/dataset/points.ts';
import { credentialsOf, type Settings } from '../../domain/dataset/settings.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';

export type PublisherAnswer =
  | { readonly kind: 'live' }
  /** Our simulator answers there. */
  | { readonly kind: 'simulator' }
  | { readonly kind: 'unreachable'; readonly reason: string };

const PATIENCE_MS = 8_000;

/**
 * Requests one day, as a worker would. An error of the publisher (429, 5xx) counts as an answer: the data is live and the
 * worker will retry. A page from something in between (a proxy, a login) does not.
 */
export async function probePublisher(
  baseUrl: string,
  { pull, source }: PulledPoints,
  day: string,
  settings: Settings,
): Promise<PublisherAnswer> {
  const [part = ''] = pull.parts?.of(day, settings) ?? [];
  const window = deliveryInterval({ source }, day);
  const { path, query, accept } = pull.request(window, { part, settings });
  const key = credentialsOf(source, settings);
  const url = `${baseUrl}${path}?${new URLSearchParams({ ...query, ...key.query })}`;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { headers: { accept, ...key.headers }, redirect: 'manual', signal });
    await answer.body?.cancel();
    if (answer.headers.has('x-tidemark-simulator'))
      return answer.status === 404
        ? { kind: 'unreachable', reason: 'the simulator does not know it' }
        : { kind: 'simulator' };
    const type = answer.headers.get('content-type') ?? 'no content type';
    const isWanted = accept.split(',').some((each) => type.startsWith(each.trim())) || type.includes('json');
    if (isWanted || answer.status === 429 || answer.status >= 500) return { kind: 'live' };
    if (source.credential && [401, 403].includes(answer.status))
      return { kind: 'unreachable', reason: `it refuses the key in ${source.credential.setting}` };
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
