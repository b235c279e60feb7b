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

const given = new Set<number>();

/**
 * A port that nobody listens on, for a server that is started later or comes back to it. Not one of those (from 32768) that the
 * system gives to whoever asks for any: other tests, which run beside this one, would be given it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
