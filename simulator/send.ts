// Sends an answer in its specified way: at once, late, slowly, padded, cut or not at all. Nothing is held in memory beyond the body itself;
// everything stops when the other side or the server goes away.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';

const SPACES = Buffer.alloc(64 * 1024, ' ');
const TICK_MS = 50;

/** Sends an answer. Resolves when there is nothing left to do, even if the connection broke on the way. */
export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    if (answer.delivery.delayMs > 0) await pause(answer.delivery.delayMs, undefined, { signal: gone.signal });
    await sendNow(response, answer, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function sendNow(response: ServerResponse, answer: Answer, signal: AbortSignal): Promise<void> {
  const { ending, bytesPerSecond, paddingBytes, gzip } = answer.delivery;
  const body = Buffer.from(answer.body, answer.binary ? 'latin1' : 'utf8');
  if (ending === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, headersOf(answer, body.length));
  if (ending === 'whole' && bytesPerSecond === 0 && paddingBytes === 0) {
    response.end(body);
    return;
  }
  const shown = ending === 'cut' ? body.subarray(0, Math.floor(body.length / 2)) : body;
  const pieces = Readable.from(piecesOf(shown, bytesPerSecond, paddingBytes, signal));
  if (ending === 'cut') await sendAndHangUp(response, pieces);
  else if (gzip) await pipeline(pieces, createGzip(), response);
  else await pipeline(pieces, response);
}

function headersOf({ contentType, headers, delivery }: Answer, length: number): Record<string, string> {
  return {
    'content-type': contentType,
    ...headers,
    ...(delivery.paddingBytes === 0 && { 'content-length': String(length) }),
    ...(delivery.gzip && { 'content-encoding': 'gzip' }),
  };
}

async function* piecesOf(body: Buffer, bytesPerSecond: number, paddingBytes: number, signal: AbortSignal) {
  const pieceBytes =
    bytesPerSecond === 0 ? body.length : Math.max(1, Math.round((bytesPerSecond * TICK_MS) / 1000));
  for (let sent = 0; sent < body.length; sent += pieceBytes) {
    if (sent > 0) await pause((1000 * pieceBytes) / bytesPerSecond, undefined, { signal });
    yield body.subarray(sent, sent + pieceBytes);
  }
  for (let left = paddingBytes; left > 0; left -= SPACES.length) yield SPACES.subarray(0, left);
}

/** Waits until the last byte has left before hanging up, so that the other side sees exactly half. */
async function sendAndHangUp(response: ServerResponse, pieces: Readable): Promise<void> {
  for await (const piece of pieces) {
    await new Promise((resolve) => response.write(piece, resolve));
  }
  response.socket?.destroy();
}
