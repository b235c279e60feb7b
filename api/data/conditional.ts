/** Answers built in memory before they are sent: an ETag of their content, and 304 where the caller already has it. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasAlready } from './meta.ts';

/**
 * Sets ETag and caching headers.
 * @returns whether the caller has this answer already; the reply is then a 304.
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, answer: unknown): boolean {
  const etag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 27)}"`;
  reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Accept, Authorization' });
  return hasAlready(request, etag);
}
