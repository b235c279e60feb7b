/** URLs of servers on this machine. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The same URL through another port of this machine. */
export function withPort(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href.replace(/\/$/, '');
}

/** The port that a URL or `host:port` names. */
export function portOf(address: string): number {
  return Number(new URL(address.includes('://') ? address : `tcp://${address}`).port);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
