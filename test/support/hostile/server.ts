/**
 * A source that answers each delivery day as its case says, byte by byte: a TCP server, because much of what goes wrong is
 * not HTTP. A day without a case, and every day that was healed, gets a good answer.
 */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type Answer, good } from './case.ts';

/** Where the table of quarter-hours is, for the dataset that has a resolution of its own. */
export const QUARTERS_PATH = '/core/api/data/quarters';

export interface HostileServer {
  readonly url: string;
  /** The address of a second server, to which redirects point, and how often it was asked. */
  readonly elsewhere: string;
  strayed(): number;
  /** How often a delivery day was asked for, and how many bytes left for it. */
  requests(day: string): number;
  sentBytes(day: string): number;
  /** Forgets what was asked about these days, and answers well from now on. */
  heal(days: Iterable<string>): void;
  close(): Promise<void>;
}

/** @param answers by delivery day. @param dayAt the delivery day of a window's start. */
export async function startHostileServer(
  answers: ReadonlyMap<string, Answer>,
  dayAt: (fromMs: number) => string,
): Promise<HostileServer> {
  const requests = new Map<string, number>();
  const sockets = new Map<string, Socket[]>();
  const healed = new Set<string>();
  let strayed = 0;
  const elsewhere = await listen(() => {
    strayed++;
  });
  const here = await listen((socket, target) => {
    const { pathname, searchParams } = new URL(target, 'http://source');
    const fromMs = Date.parse(searchParams.get('FromUtc') ?? '');
    const toMs = Date.parse(searchParams.get('ToUtc') ?? '');
    const day = dayAt(fromMs);
    const time = (requests.get(day) ?? 0) + 1;
    requests.set(day, time);
    sockets.set(day, [...(sockets.get(day) ?? []), socket]);
    const answer = (healed.has(day) ? undefined : answers.get(day)) ?? good;
    const stepMs = pathname === QUARTERS_PATH ? 900_000 : 3_600_000;
    answer({ fromMs, toMs, stepMs, time, here: here.url, elsewhere: elsewhere.url }, socket);
  });
  return {
    url: here.url,
    elsewhere: elsewhere.url,
    strayed: () => strayed,
    requests: (day) => requests.get(day) ?? 0,
    sentBytes: (day) => (sockets.get(day) ?? []).reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    heal(days) {
      for (const day of days) {
        healed.add(day);
        requests.delete(day);
      }
    },
    close: async () => {
      await Promise.all([here.close(), elsewhere.close()]);
    },
  };
}

/** Hands over every connection with the target of its request. */
async function listen(serve: (socket: Socket, target: string) => void) {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // The client goes when it has enough.
    socket.on('error', () => {});
    let received = '';
    const read = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      socket.off('data', read);
      serve(socket, received.split(' ')[1] ?? '/');
    };
    socket.on('data', read);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
