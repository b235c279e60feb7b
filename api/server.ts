/** Serves the application on a port or socket; closing it lets answers in progress finish. */
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { buildApi } from './app.ts';
import type { ApiDependencies } from './dependencies.ts';

export interface RunningApi {
  /** `http://127.0.0.1:8080`, without trailing slash; for a socket its path. */
  readonly url: string;
  /** Stops accepting requests, finishes those in progress, then closes. */
  close(): Promise<void>;
}

/** A host and port, or the path of a socket. */
type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** @throws Error with code EADDRINUSE when the port is taken. */
export async function serveApi(
  deps: ApiDependencies,
  address: Address,
  logger: FastifyServerOptions['logger'] = false,
): Promise<RunningApi> {
  const api = await buildApi(deps, logger);
  const answered = countAnswers(api.server);
  await api.listen(address);
  return {
    url: urlOf(address, api.server.address()),
    async close() {
      const closed = api.close();
      // Idle and kept-alive connections would delay the end for more than a minute.
      await answered();
      api.server.closeAllConnections();
      await closed;
    },
  };
}

/** @returns waits until no answer is in progress. */
function countAnswers(server: Server): () => Promise<void> {
  let inProgress = 0;
  const counted = new EventEmitter();
  server.on('request', (_request, response) => {
    inProgress += 1;
    response.once('close', () => {
      inProgress -= 1;
      if (inProgress === 0) counted.emit('none');
    });
  });
  return async () => {
    if (inProgress > 0) await once(counted, 'none');
  };
}

function urlOf(address: Address, bound: AddressInfo | string | null): string {
  if ('path' in address) return address.path;
  const { port } = bound as AddressInfo;
  return `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`;
}
