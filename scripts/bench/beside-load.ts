/** What reads and live days take while nothing else is done, and while a file is loaded; raw reads of a month. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { runDay } from '../../temporal/days.ts';
import { median } from './workbench.ts';

const POLLED = 'jao-core.max-exchanges';
const READ_EVERY_MS = 200;
/** Within the quota of the source, which is no matter here. */
const DAY_EVERY_MS = 1_000;

export interface Taken {
  /** Milliseconds each. */
  readonly reads: readonly number[];
  readonly days: readonly number[];
}

/** A small read every 200 ms, and live days one after the other, each requested once. */
export class Beside {
  readonly #http: Client;
  readonly #temporal: Temporal;
  #day: CivilDay;

  constructor(apiUrl: string, temporal: Temporal, firstDay: CivilDay) {
    this.#http = new Client(apiUrl);
    this.#temporal = temporal;
    this.#day = firstDay;
  }

  /** Until some work is done; at least one of each. */
  async during(work: Promise<unknown>): Promise<Taken> {
    let isDone = false;
    const isEnd = () => isDone;
    const ended = work.finally(() => {
      isDone = true;
    });
    const [reads, days] = await Promise.all([this.#reads(isEnd), this.#days(isEnd), ended]);
    return { reads, days };
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #reads(isEnd: () => boolean): Promise<number[]> {
    const taken: number[] = [];
    do {
      const began = performance.now();
      await bytesOf(this.#http, `/v1/datasets/${POLLED}/days?from=2026-01-01&to=2026-01-31`);
      taken.push(performance.now() - began);
      await delay(READ_EVERY_MS);
    } while (!isEnd());
    return taken;
  }

  async #days(isEnd: () => boolean): Promise<number[]> {
    const taken: number[] = [];
    do {
      const began = performance.now();
      const started = await runDay(this.#temporal, { dataset: POLLED, day: this.#day, wait: false });
      await started.result();
      taken.push(performance.now() - began);
      this.#day = addDays(this.#day, 1);
      await delay(DAY_EVERY_MS);
    } while (!isEnd());
    return taken;
  }
}

/** `reads 4.1 → 9.0 ms (2.2 times), p95 6.0 → 30.1 ms (5.0 times)`. */
export function describeBeside(before: Taken, during: Taken): string[] {
  return (['reads', 'days'] as const).map((what) => {
    const pair = (of: (taken: readonly number[]) => number) => {
      const [a, b] = [of(before[what]), of(during[what])];
      return `${a.toFixed(1)} → ${b.toFixed(1)} ms (${(b / a).toFixed(1)} times)`;
    };
    const name = what === 'reads' ? 'small reads' : 'live days';
    return `${name.padEnd(12)} ${pair(median)}, p95 ${pair(p95)}; ${before[what].length} before, ${during[what].length} during`;
  });
}

function p95(taken: readonly number[]): number {
  return taken.toSorted((a, b) => a - b)[Math.ceil(0.95 * taken.length) - 1] ?? Number.NaN;
}

/** Rows a second of a raw read. */
export async function readRates(
  apiUrl: string,
  query: string,
  rows: number,
): Promise<Record<string, number>> {
  const http = new Client(apiUrl, { bodyTimeout: 0, headersTimeout: 0 });
  const rates: Record<string, number> = {};
  for (const format of ['csv', 'parquet']) {
    const taken: number[] = [];
    for (let n = 0; n < 3; n++) {
      const began = performance.now();
      await bytesOf(http, `/v1/data?${query}&format=${format}`);
      taken.push((performance.now() - began) / 1000);
    }
    rates[format] = Math.round(rows / median(taken));
  }
  await http.close();
  return rates;
}

/** @throws Error when the answer is none. */
export async function bytesOf(http: Client, path: string): Promise<number> {
  const { statusCode, body } = await http.request({ method: 'GET', path });
  let bytes = 0;
  for await (const chunk of body) bytes += (chunk as Buffer).length;
  if (statusCode !== 200) throw new Error(`${statusCode} of ${path}`);
  return bytes;
}
