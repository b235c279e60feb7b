/** A small read beside four large exports: how long one in twenty of them takes, against the same read alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';

const EXPORTS = 4;
const ALONE = 200;
/** Between two reads, as of somebody who looks at a page: a loop without pauses would only measure how many there are. */
const PAUSE_MS = 20;

/** @param small address of the small read. @param large address of the export, read to its end. */
export async function besideExports(url: string, small: string, large: string): Promise<string> {
  const alone = await readsWhile(url, small, (_, reads) => reads >= ALONE);
  let running = EXPORTS;
  const began = performance.now();
  const exports = Array.from({ length: EXPORTS }, () => readWhole(url, large).finally(() => running--));
  const beside = await readsWhile(url, small, () => running === 0);
  await Promise.all(exports);
  const [a, b] = [alone, beside].map((taken) => percentile(taken, 95)) as [number, number];
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  return (
    `p95 ${b.toFixed(1)} ms / ${a.toFixed(1)} ms alone = ${(b / a).toFixed(1)}; ` +
    `longest ${Math.max(...beside).toFixed(0)} ms of ${beside.length} reads; the exports took ${seconds} s`
  );
}

/** How long each small read takes, milliseconds. */
async function readsWhile(
  url: string,
  path: string,
  isOver: (taken: readonly number[], reads: number) => boolean,
): Promise<number[]> {
  const http = new Client(url);
  const taken: number[] = [];
  while (!isOver(taken, taken.length)) {
    const began = performance.now();
    const { statusCode, body } = await http.request({ method: 'GET', path });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${statusCode} of ${path}`);
    taken.push(performance.now() - began);
    await delay(PAUSE_MS);
  }
  await http.close();
  return taken;
}

async function readWhole(url: string, path: string): Promise<void> {
  const http = new Client(url, { bodyTimeout: 0, headersTimeout: 0 });
  const { statusCode, body } = await http.request({ method: 'GET', path });
  for await (const _ of body);
  await http.close();
  if (statusCode !== 200) throw new Error(`${statusCode} of ${path}`);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
