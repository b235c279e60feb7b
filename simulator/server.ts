// Serves a simulated publisher over HTTP: in-process for tests, and from main.ts as a process of its own.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from './send.ts';
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
