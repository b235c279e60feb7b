/**
 * A TCP proxy on 127.0.0.1 that can be cut and restored. Cut: connections are reset, new ones too. Frozen: nothing
 * passes any more, and nobody is told; when the freeze ends, what was frozen is reset.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpProxy {
  readonly #server: Server;
  #target: number;
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'cut' | 'frozen' = 'open';

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#accept(client));
  }

  /** Listens on a port of its own and passes everything on to `target`, a port of this machine. */
  static async open(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Passes new connections on to another port of this machine, and resets those that are there. */
  redirect(target: number): void {
    this.#target = target;
    this.#hangUp();
  }

  cut(): void {
    this.#state = 'cut';
    this.#hangUp();
  }

  freeze(): void {
    this.#state = 'frozen';
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  restore(): void {
    if (this.#state === 'frozen') this.#hangUp();
    this.#state = 'open';
  }

  async close(): Promise<void> {
    this.#hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#state === 'cut') client.resetAndDestroy();
    if (this.#state !== 'open') return;
    const server = this.#keep(connect(this.#target, '127.0.0.1'));
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay();
    // A broken connection is what this is for; the close that follows does the rest.
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
