/** Bodies in chunks: small ones at once with their length, large ones as a stream that waits for its reader. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Work } from '../../db/connection/work.ts';
import type { Chunks } from '../../read/formats/columns.ts';

type Piece = string | Uint8Array;

/** What is read before anything is sent, bytes: an answer that is no longer holds nothing of the database while its reader is slow. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** An error within the first bytes is still an answer of its own; later it breaks the connection off, never ends it. */
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
  // Who sends it hears of it too; before that, nobody would.
  stream.on('error', () => {});
  const stop = () => stream.destroy(work?.signal.reason);
  work?.signal.addEventListener('abort', stop, { once: true });
  // A generator that was never begun does not end the one behind it: a reader may be gone before the first chunk.
  stream.once('close', () => void rest.return?.().catch(() => undefined));
  return stream;
}

/** While its reader has not taken a piece, the reader's patience counts, not the time of the work. */
function* waitedFor(work: Work | null, piece: Piece): Generator<Piece> {
  work?.handOver();
  yield piece;
  work?.goOn();
}

/** What to send where a body has no place. Fastify's route for HEAD looks into its payload, so that no null may be there. */
export function noBody({ method }: FastifyRequest): null {
  return method === 'HEAD' ? (Readable.from([]) as unknown as null) : null;
}
