/** Listens: the application on a port, with an end that lets answers in progress finish. */
import type { AddressInfo } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { buildApi } from './app.ts';
import type { ApiDependencies } from './dependencies.ts';

export interface RunningApi {
  /** `http://127.0.0.1:8080`, without trailing slash. */
  readonly url: string;
  /** Takes no new requests, finishes those in progress, then ends. */
  close(): Promise<void>;
}

/** @throws Error with code EADDRINUSE when the port is taken. */
export async function serveApi(
  deps: ApiDependencies,
  { host, port }: { readonly host: string; readonly port: number },
  logger: FastifyServerOptions['logger'] = false,
): Promise<RunningApi> {
  const api = await buildApi(deps, logger);
  await api.listen({ host, port });
  const { port: bound } = api.server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: () => api.close() };
}
