/**
 * Cancels the database work of a read when its reader disconnects or it takes too long; central, so that no route can
 * forget it. Operator calls are never cancelled: what they have begun is completed and audited.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Work } from '../../db/connection/work.ts';
import type { Api, ApiDependencies, ReadingLimits } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

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
