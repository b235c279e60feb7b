/** Bodies in chunks: small ones at once with their length, large ones as a stream that waits for its reader. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Chunks } from './formats/columns.ts';

/** An error before the first chunk is still an answer of its own; later it breaks the connection off, never ends it. */
export async function sendChunks(
  reply: FastifyReply,
  contentType: string,
  chunks: Chunks,
): Promise<FastifyReply> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: (string | Uint8Array)[] = [];
  for (let n = 0; n < 2; n++) {
    const next = await iterator.next();
    if (next.done)
      return reply.type(contentType).send(Buffer.concat(head.map((chunk) => Buffer.from(chunk))));
    head.push(next.value);
  }
  async function* whole() {
    yield* head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const stream = Readable.from(whole(), { objectMode: false });
  // A generator that was never begun does not end the one behind it: a reader may be gone before the first chunk.
  stream.once('close', () => void iterator.return?.().catch(() => undefined));
  return reply.type(contentType).send(stream);
}

/** What to send where a body has no place. Fastify's route for HEAD looks into its payload, so that no null may be there. */
export function noBody({ method }: FastifyRequest): null {
  return method === 'HEAD' ? (Readable.from([]) as unknown as null) : null;
}
