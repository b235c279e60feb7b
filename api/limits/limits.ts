/** The first step of every request: identifies the caller and applies its rate limit (per key, person, or address without either). */
import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import { anonymous, authenticate } from './access.ts';

const MINUTE_MS = 60_000;

type Count = ReturnType<Api['createRateLimit']>;

/** Sets `request.caller`, or refuses: 401, 403, 429. */
export async function admitCallers(api: Api, deps: ApiDependencies): Promise<void> {
  await api.register(rateLimit, { global: false });
  const limit = { max: deps.requestsPerMinute, timeWindow: MINUTE_MS };
  const ofKey = api.createRateLimit({ ...limit, keyGenerator: ({ caller }) => `key ${caller.id}` });
  const ofAddress = api.createRateLimit({ ...limit, keyGenerator: ({ ip }) => `address ${ip}` });
  // Separate from the readers of an open API, so that wrong keys do not lock out others at the same address.
  const ofStranger = api.createRateLimit({ ...limit, keyGenerator: ({ ip }) => `stranger ${ip}` });
  const counterOf = ({ caller }: FastifyRequest) => (caller.id === null ? ofAddress : ofKey);
  api.decorateRequest('caller', null as never);
  api.addHook('onRequest', async (request, reply) => {
    request.caller = anonymous();
    const isCounted = request.routeOptions.config.rateLimit !== false;
    try {
      await authenticate(deps, request);
    } catch (error) {
      const isStranger = error instanceof Problem && error.status === 401;
      // Wrong keys count on every route.
      if (isCounted || isStranger) await count(isStranger ? ofStranger : counterOf(request), request, reply);
      throw error;
    }
    if (isCounted) await count(counterOf(request), request, reply);
  });
}

/** @throws Problem 429 */
async function count(counter: Count, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const found = await counter(request);
  if (found.isAllowed) return;
  reply.headers({ 'x-ratelimit-limit': found.max, 'x-ratelimit-remaining': found.remaining });
  if (!found.isExceeded) return;
  const seconds = String(found.ttlInSeconds);
  const detail = `too many requests: ${found.max} a minute are allowed; try again in ${seconds} seconds`;
  throw new Problem(429, detail, { headers: { 'retry-after': seconds } });
}
