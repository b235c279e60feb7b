/** Liveness and readiness of a worker over HTTP, for container probes. Read-only and without secrets. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from '../notify/readiness.ts';

export interface HealthServer {
  /** `http://127.0.0.1:9465`. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws Error with code EADDRINUSE when the port is taken. */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  readiness: () => Promise<Readiness>,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const tell = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/healthz') return void tell(200, { status: 'ok' });
    if (request.url !== '/readyz') return void tell(404, { status: 'there are /healthz and /readyz' });
    const { ready, parts } = await readiness();
    tell(ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', parts });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
