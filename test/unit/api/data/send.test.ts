/** Is what lies behind an answer given back when its reader goes, whenever that is? */
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { sendChunks } from '../../../../api/data/send.ts';

/** Each a hundredth of what is read before anything is sent, and more. */
const PADDING = ' '.repeat(30_000);

async function* chunks(count: number, ended: () => void) {
  try {
    for (let n = 0; n < count; n++) yield `${n};${PADDING}`;
  } finally {
    ended();
  }
}

/** Answers with so many chunks; the reader may go before the first. */
async function answer(count: number, { gone }: { gone: boolean }) {
  let ended = false;
  const app = Fastify();
  app.decorateRequest('work', null);
  app.get('/', (request, reply) =>
    sendChunks(
      request,
      reply,
      'text/plain',
      chunks(count, () => {
        ended = true;
      }),
    ),
  );
  app.addHook('onSend', async (_, __, payload) => {
    if (!gone) return payload;
    (payload as NodeJS.ReadableStream & { destroy(): void }).destroy();
    return 'gone';
  });
  const { payload } = await app.inject('/');
  return { payload, ended: () => ended };
}

test('a reader that is gone before the first chunk ends the reading', async () => {
  const { ended } = await answer(100, { gone: true });
  await expect.poll(ended).toBe(true);
});

test.each([0, 1, 2, 3, 100])('%i chunks arrive whole, and the reading ends', async (count) => {
  const { payload, ended } = await answer(count, { gone: false });
  expect(payload).toBe(Array.from({ length: count }, (_, n) => `${n};${PADDING}`).join(''));
  expect(ended()).toBe(true);
});
