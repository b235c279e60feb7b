/**
 * A proxy before PostgreSQL that makes a session late: told what to wait for, it holds the first session that is about to send such a
 * statement, or that is about to be told that it was done. The server sees a client that has gone quiet; the client waits.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Where a session is held. */
export interface HoldAt {
  /** Before this statement, or after it: then the server has done it, and its word does not come. */
  readonly side: 'before' | 'after';
  readonly statement: RegExp;
}

type Asks = (statement: string) => HoldAt['side'] | undefined;

interface Order extends HoldAt {
  readonly reached: () => void;
}

export class HoldingProxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #order: Order | undefined;
  #held: Line | undefined;

  private constructor(target: number) {
    this.#server = createServer({ pauseOnConnect: true }, (client) => {
      const line: Line = new Line(
        client,
        connect(target, '127.0.0.1'),
        (text): ReturnType<Asks> => this.#isHeld(line, text),
      );
      this.#lines.add(line);
      client.once('close', () => this.#lines.delete(line));
    });
  }

  /** Listens on a port of its own. @param target port of the server, on this machine. */
  static async open(target: number): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** A URL of a database, through this proxy. */
  through(url: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href;
  }

  /** @returns when a session is held there. */
  hold(at: HoldAt): Promise<void> {
    return new Promise((reached) => {
      this.#order = { ...at, reached };
    });
  }

  /** The server is told that the client of the held session is gone, as it would notice by itself after a while. */
  cut(): void {
    this.#held?.cut();
  }

  /** What was held goes on; into nothing, where the line was cut. */
  release(): void {
    this.#order = undefined;
    this.#held?.release();
    this.#held = undefined;
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #isHeld(line: Line, statement: string): ReturnType<Asks> {
    const order = this.#order;
    if (!order?.statement.test(statement)) return undefined;
    this.#order = undefined;
    this.#held = line;
    order.reached();
    return order.side;
  }
}

/** A session: what its client sends is read message by message. */
class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #holds: Asks;
  #unread = Buffer.alloc(0);
  #hasBegun = false;
  #isHeld = false;
  #isCut = false;

  constructor(client: Socket, server: Socket, holds: Asks) {
    this.#client = client;
    this.#server = server;
    this.#holds = holds;
    // A broken line is what this is for; the close that follows does the rest.
    for (const socket of [client, server]) socket.setNoDelay().on('error', () => {});
    client.on('data', (bytes: Buffer) => this.#read(bytes));
    client.once('close', () => server.destroy());
    server.once('close', () => {
      this.#isCut = true;
      if (!this.#isHeld) client.destroy();
    });
    server.pipe(client, { end: false });
    client.resume();
  }

  cut(): void {
    this.#isCut = true;
    this.#server.destroy();
  }

  release(): void {
    this.#isHeld = false;
    if (this.#isCut) this.close();
    else {
      this.#server.pipe(this.#client, { end: false });
      this.#read(Buffer.alloc(0));
    }
  }

  close(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (let size = this.#nextSize(); size !== undefined && !this.#isHeld; size = this.#nextSize()) {
      const side = this.#holds(statementOf(this.#unread.subarray(0, size), this.#hasBegun));
      if (side) this.#hold();
      if (side === 'before') return;
      this.#server.write(this.#unread.subarray(0, size));
      this.#unread = this.#unread.subarray(size);
      this.#hasBegun = true;
    }
  }

  #hold(): void {
    this.#isHeld = true;
    this.#server.unpipe(this.#client);
  }

  /** The first message has no type before its length. */
  #nextSize(): number | undefined {
    const before = this.#hasBegun ? 1 : 0;
    if (this.#unread.length < before + 4) return undefined;
    const size = before + this.#unread.readInt32BE(before);
    return this.#unread.length < size ? undefined : size;
  }
}

/** The text of a query, or of a statement that is prepared; empty for any other message. */
function statementOf(message: Buffer, hasBegun: boolean): string {
  const type = hasBegun ? String.fromCharCode(message[0] as number) : '';
  if (type === 'Q') return message.toString('utf8', 5, message.length - 1);
  if (type !== 'P') return '';
  const from = message.indexOf(0, 5) + 1;
  return message.toString('utf8', from, message.indexOf(0, from));
}
