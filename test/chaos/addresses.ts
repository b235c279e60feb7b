/** URLs of servers on this machine. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

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

/** A port that nobody listens on, of those that the system gives nobody by itself: it is still free when a process comes to it, or back. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
