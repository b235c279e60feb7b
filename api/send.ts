/** Bodies in chunks: small ones at once with their length, large ones as a stream that waits for its reader. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** An error before the first chunk is still an answer of its own; later it breaks the connection off, never ends it. */
export async function sendChunks(
  reply: FastifyReply,
  contentType: string,
  chunks: AsyncIterable<string | Uint8Array>,
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
  return reply.type(contentType).send(Readable.from(whole(), { objectMode: false }));
}
