/**
 * Large answers: limited in number per caller, and answered by the export process (`export-process.ts`) where there is one,
 * so that small reads are not slowed down.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

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
