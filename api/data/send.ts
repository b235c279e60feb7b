/** Bodies in chunks: small ones whole, with their length; large ones as a stream that waits for its reader. */

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Work } from '../../db/connection/work.ts';
import type { Chunks } from '../../db/read/formats/columns.ts';
import { hasAlready } from './meta.ts';

type Piece = string | Uint8Array;

/** Bytes read before sending begins: a shorter answer no longer holds a session of the database while its reader is slow. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** An error within the first bytes still becomes a problem response; a later one resets the connection, so no answer looks complete. */
export async function sendChunks(
  request: FastifyRequest,
  reply: FastifyReply,
  contentType: string,
  chunks: Chunks,
): Promise<FastifyReply> {
  const rest = chunks[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const { done, value } = await rest.next();
    if (done) return reply.type(contentType).send(Buffer.concat(head));
    const chunk = Buffer.from(value);
    head.push(chunk);
    bytes += chunk.length;
  }
  return reply.type(contentType).send(streamOf(request.work, head, rest));
}

function streamOf(work: Work | null, head: readonly Buffer[], rest: AsyncIterator<Piece>): Readable {
  async function* pieces() {
    for (const each of head) yield* waitedFor(work, each);
    for (let next = await rest.next(); !next.done; next = await rest.next())
      yield* waitedFor(work, next.value);
  }
  const stream = Readable.from(pieces(), { objectMode: false });
  // Fastify handles the error once it sends the stream; until then this keeps it from being thrown.
  stream.on('error', () => {});
  const stop = () => stream.destroy(work?.signal.reason);
  work?.signal.addEventListener('abort', stop, { once: true });
  // A generator that was never started does not close its source: the reader may be gone before the first chunk.
  stream.once('close', () => void rest.return?.().catch(() => undefined));
  return stream;
}

/** While the reader has not taken a piece, the limit on slow readers applies, not the one on the work. */
function* waitedFor(work: Work | null, piece: Piece): Generator<Piece> {
  work?.handOver();
  yield piece;
  work?.goOn();
}

/** The payload of an answer without a body. Fastify's HEAD route inspects the payload, which must not be null there. */
export function noBody({ method }: FastifyRequest): null {
  return method === 'HEAD' ? (Readable.from([]) as unknown as null) : null;
}

/**
 * Sets ETag and caching headers.
 * @returns whether the caller has this answer already; the reply is then a 304.
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, answer: unknown): boolean {
  const etag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 27)}"`;
  reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Accept, Authorization' });
  return hasAlready(request, etag);
}
