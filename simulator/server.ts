// Serves a simulated publisher over HTTP: in-process for tests, and from main.ts as a process of its own.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import type { SimulationOptions } from './simulation-options.ts';

/** Where the simulator listens, and how it behaves. */
export interface SimulatorOptions extends SimulationOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
}

/** A simulator that listens. */
export interface Simulator extends Pick<Simulation, 'seed' | 'source' | 'clock' | 'faults' | 'requests'> {
  /** Without a trailing slash; the data is at /<region>/api/data/<table> below it. */
  readonly url: string;
  readonly port: number;
  /** Closes idle keep-alive connections. */
  hangUpIdle(): void;
  /** Stops listening and closes all connections at once. */
  close(): Promise<void>;
}

// Idle connections are kept longer than clients keep them, so that a client never writes into a closing one.
const KEEP_ALIVE_MS = 130_000;
const MAX_CONTROL_BODY_BYTES = 1024 * 1024;

/**
 * Starts a simulator and resolves when it accepts requests.
 * Rejects with an InputError for a wrong option and with the system's error when the port cannot be had.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulation = createSimulation(options);
  const { seed, source, clock, faults, requests } = simulation;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    readBody(request)
      .then((body) =>
        simulation.handle({ method: request.method ?? 'GET', target: request.url ?? '/', body }),
      )
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        if (request.complete) console.error(error);
        response.destroy();
      });
  });
  const host = options.host ?? '127.0.0.1';
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    ...{ url, port, seed, source, clock, faults, requests },
    hangUpIdle: () => server.closeIdleConnections(),
    close: () => close(server),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_CONTROL_BODY_BYTES) throw new Error('The body of the request is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

// Sends an answer in its specified way: at once, late, slowly, padded, cut or not at all. Nothing is held in memory beyond the body itself;
// everything stops when the other side or the server goes away.

const SPACES = Buffer.alloc(64 * 1024, ' ');
const TICK_MS = 50;

/** Sends an answer. Resolves when there is nothing left to do, even if the connection broke on the way. */
async function send(response: ServerResponse, answer: Answer): Promise<void> {
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
