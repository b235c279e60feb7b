/**
 * Large answers: limited in number per caller, and answered by the export process (`ExportProcess`) where there is one,
 * so that small reads are not slowed down.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiDependencies } from './dependencies.ts';
import { Problem } from './http/problem.ts';

/** An answer that is expected to have more rows is an export. */
export const MOST_ROWS_OF_A_READ = 20_000;
/** Retry-After, seconds. */
const RETRY_AFTER = '10';

declare module 'fastify' {
  interface FastifyInstance {
    readonly exports: Exports;
  }
}

/** Has requests answered by another process. */
export interface Exporter {
  /** Streams the answer to the caller. */
  forward(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function limitExports(api: Api, { limits, exporter }: ApiDependencies): void {
  api.decorate('exports', new Exports(limits.exportsAtOnce, exporter));
}

class Exports {
  readonly #atOnce: number;
  readonly #exporter: Exporter | undefined;
  readonly #running = new Map<string, number>();

  constructor(atOnce: number, exporter: Exporter | undefined) {
    this.#atOnce = atOnce;
    this.#exporter = exporter;
  }

  /** Counts the export until its answer ends. @returns whether another process answers. @throws Problem 429, 503 */
  async begin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    this.#count(request, reply);
    await this.#exporter?.forward(request, reply);
    return this.#exporter !== undefined;
  }

  #count({ caller, ip }: FastifyRequest, { raw }: FastifyReply): void {
    const [holder, name] =
      caller.id === null ? [ip, 'address'] : [caller.id, caller.keyId === null ? 'person' : 'key'];
    const running = this.#running.get(holder) ?? 0;
    if (running >= this.#atOnce) throw tooMany(running, name);
    this.#running.set(holder, running + 1);
    raw.once('close', () => {
      const left = (this.#running.get(holder) ?? 1) - 1;
      if (left > 0) this.#running.set(holder, left);
      else this.#running.delete(holder);
    });
  }
}

function tooMany(running: number, holder: string): Problem {
  const detail =
    `${running} exports of this ${holder} are running, and no more are allowed at once: wait until one has ended, or request pages ` +
    '("limit") or a shorter range, which are no exports';
  return new Problem(429, detail, { headers: { 'retry-after': RETRY_AFTER } });
}

/*
 * Exports in a separate process with its own database sessions: reading and formatting millions of rows keeps a process busy,
 * and small reads would have to wait. Started by the first export.
 */

/** Headers that belong to one connection and are not passed on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);
const RETRY_AFTER_LOSS = '5';
/** How long the exit event of a lost process may take. */
const EXIT_EVENT_MS = 5_000;

export class ExportProcess implements Exporter {
  readonly #program: string;
  /** Only its owner may enter: calls over the socket are not rate-limited. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-exports-'));
  #running: Promise<ChildProcess> | undefined;
  #starts = 0;

  /** @param program is started with the path of the socket to listen on, and sends a message once it listens. */
  constructor(program: string) {
    this.#program = program;
  }

  async forward(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // The export process applies the time limits, and stops when this connection closes.
    request.work?.done();
    const answer = await this.#answerTo(request);
    reply
      .code(answer.statusCode ?? 500)
      .headers(passedOn(answer))
      .send(answer);
  }

  async close(): Promise<void> {
    const child = await this.#running?.catch(() => undefined);
    if (child?.connected) {
      child.disconnect();
      await once(child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param again whether to retry with a new process when this one is lost. @throws Problem 503 */
  async #answerTo(request: FastifyRequest, again = true): Promise<IncomingMessage> {
    const child = await this.#started();
    try {
      return await this.#send(request);
    } catch (error) {
      if (request.work?.signal.aborted) throw error;
      // A killed process resets its connections before its exit event arrives.
      if (again && (await hasEnded(child))) return await this.#answerTo(request, false);
      throw notThere('the process for exports was lost: try again');
    }
  }

  #send({ raw, work }: FastifyRequest): Promise<IncomingMessage> {
    const { url: path, method, headers } = raw;
    const sent = send({ socketPath: this.#socket(), path, method, headers, agent: false });
    work?.signal.addEventListener('abort', () => sent.destroy(work.signal.reason), { once: true });
    return new Promise((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.end();
    });
  }

  #socket(): string {
    return join(this.#folder, `${this.#starts}`);
  }

  /** @throws Problem 503 when it does not start; the next export tries again. */
  #started(): Promise<ChildProcess> {
    this.#running ??= this.#start();
    return this.#running;
  }

  async #start(): Promise<ChildProcess> {
    this.#starts += 1;
    const child = fork(this.#program, [this.#socket()]);
    const isReady = await new Promise<boolean>((resolve) => {
      child.once('message', () => resolve(true));
      child.once('exit', () => {
        this.#running = undefined;
        resolve(false);
      });
    });
    if (isReady) return child;
    throw notThere('the process for exports does not start; its log says why');
  }
}

async function hasEnded(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const signal = AbortSignal.timeout(EXIT_EVENT_MS);
  return await once(child, 'exit', { signal }).then(
    () => true,
    () => false,
  );
}

function notThere(detail: string): Problem {
  return new Problem(503, detail, { headers: { 'retry-after': RETRY_AFTER_LOSS } });
}

function passedOn({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
