// TCP ports on 127.0.0.1: a preferred one, another when it is taken, and the same again at the next start.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Report } from './run-command.ts';

export interface PortOptions {
  /** What the port is for, to name it in a report. */
  readonly purpose: string;
  readonly preferred: number;
  /** File that keeps the choice between starts; left out: not kept. */
  readonly file?: string | undefined;
  readonly report: Report;
}

/**
 * Starts a server on a free port. If another process takes it between choosing and binding, another port is tried.
 * @param start must reject when its server could not bind.
 * @param again whether to try again after this error though the port is still free.
 */
export async function onFreePort<T>(
  options: PortOptions,
  start: (port: number) => Promise<T>,
  again: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let tries = 3; ; tries -= 1) {
    const port = await choosePort(options);
    try {
      return await start(port);
    } catch (error) {
      if (tries === 1 || !(again(error) || (await bind(port)) === undefined)) throw error;
    }
  }
}

/** The remembered port, else the preferred one (0: none is preferred), else any that is free. */
export async function choosePort({ purpose, preferred, file, report }: PortOptions): Promise<number> {
  const wanted = remembered(file) ?? preferred;
  const port = await firstFree([wanted, preferred, 0]);
  if (port === undefined) throw new Error('No TCP port on 127.0.0.1 is free.');
  if (port !== wanted && wanted !== 0) report(`Port ${wanted} is taken; ${purpose} uses ${port}.`);
  if (file) writeFileSync(file, `${port}\n`);
  return port;
}

async function firstFree(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    const bound = await bind(port);
    if (bound !== undefined) return bound;
  }
  return undefined;
}

function remembered(file: string | undefined): number | undefined {
  try {
    const port = Number(readFileSync(file ?? '', 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

/** Listens for a moment. @returns the bound port (0 takes any), or undefined if it is taken. */
async function bind(port: number): Promise<number | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' ? address?.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
