/** The first step of every request: identifies the caller and applies its rate limit (per key, person, or address without either). */

import { hostname } from 'node:os';
import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Work } from '../../db/connection/work.ts';
import type { Api, ApiDependencies, ReadingLimits } from '../dependencies.ts';
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

/*
 * An API that needs no key for reading answers only requests whose Host is a name of this machine: a foreign page can point its
 * own name here (DNS rebinding), and the browser would treat it as the same origin.
 */

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export function refuseOtherHosts(api: Api, { access, hosts }: ApiDependencies): void {
  if (access !== 'open') return;
  const own = new Set([...LOOPBACK, hostname(), ...hosts].map((host) => host.toLowerCase()));
  api.addHook('onRequest', async ({ headers }) => {
    const { host = '' } = headers;
    if (own.has(nameIn(host))) return;
    const detail =
      `this API is open to this machine alone and was called as "${host.slice(0, 200)}"; call it as localhost, or name the ` +
      'host in the setting API_HOSTS';
    throw new Problem(421, detail);
  });
}

/** Without the port. */
function nameIn(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

/*
 * Cancels the database work of a read when its reader disconnects or it takes too long; central, so that no route can
 * forget it. Operator calls are never cancelled: what they have begun is completed and audited.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Stays open until its reader disconnects, without a deadline. */
    endless?: boolean;
  }
  interface FastifyRequest {
    /** Null for requests that are never cancelled. */
    work: Work | null;
  }
}

/** The reader has disconnected or stalled, so there is nobody to answer. */
export class ReaderGone extends Error {}

export function endWithReaders(api: Api, { limits }: ApiDependencies): void {
  api.decorateRequest('work', null);
  api.addHook('preHandler', (request, reply, done) => {
    dropStalled(limits, reply);
    if (!isReading(request)) return done();
    const work = workOf(limits, reply);
    request.work = work;
    work.run(done);
  });
}

function isReading({ routeOptions }: FastifyRequest): boolean {
  const { access = 'reader', endless = false } = routeOptions.config;
  return (access === 'reader' || access === 'public') && !endless;
}

function workOf({ answerMs, readerPatienceMs }: ReadingLimits, { raw }: FastifyReply): Work {
  const work = new Work({
    ...{ mostMs: answerMs, patienceMs: readerPatienceMs },
    tooLong: () => new Problem(503, `${longerThan(answerMs)}: request a shorter range, or fewer series`),
    notTaken: () => new ReaderGone('its reader took nothing for too long'),
  });
  raw.once('close', () => {
    // Once all is written, nothing is read for it any more, whether or not its reader takes it.
    if (raw.writableEnded) work.done();
    else work.end(new ReaderGone('its reader has gone'));
  });
  return work;
}

function longerThan(answerMs: number): string {
  return `this took longer than the ${answerMs / 1000} s that an answer may take`;
}

/** Closes a connection whose reader leaves sent bytes unread; one that still waits for its answer stays open. */
function dropStalled({ readerPatienceMs }: ReadingLimits, { raw }: FastifyReply): void {
  raw.setTimeout(readerPatienceMs, () => {
    if ((raw.socket?.writableLength ?? 0) > 0) raw.socket?.destroy();
  });
}
