/** A receiver of webhooks that does what a test says: takes, fails, is slow, or forgets that it has taken something. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Received {
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies by hand
  readonly json: any;
  readonly text: string;
}

/** `forget`: it has taken the message, and the answer is lost. */
export type Conduct =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly afterMs?: number }
  | 'forget'
  | 'hang';

export interface Receiver {
  readonly url: string;
  /** Everything that came whole, taken or not. */
  readonly received: Received[];
  /** What was taken, by key: a receiver that knows keys takes each once. */
  taken(): Received[];
  /** How it behaves, by how many requests there were before. */
  conduct: (received: Received, count: number) => Conduct;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const kept = new Map<string, Received>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    const { headers } = request;
    const message = { key: String(headers['webhook-id'] ?? ''), headers, text, json: JSON.parse(text) };
    const conduct = receiver.conduct(message, received.length);
    received.push(message);
    const takes = conduct === 'forget' || (conduct !== 'hang' && conduct.status < 300);
    if (takes && !kept.has(message.key)) kept.set(message.key, message);
    if (conduct === 'hang') return;
    if (conduct !== 'forget' && conduct.afterMs) await delay(conduct.afterMs);
    if (conduct === 'forget') return void request.socket.destroy();
    response.writeHead(conduct.status, conduct.headers).end('thanks');
  });
  const receiver: Receiver = {
    url: '',
    received,
    taken: () => [...kept.values()],
    conduct: () => ({ status: 204 }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}/hook?token=sesame` });
}

/** Whether a message is signed with this secret, as the Standard Webhooks specification says. */
export function isSigned({ headers, text }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
