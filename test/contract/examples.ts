/**
 * What the contract test has to be told of each dataset, beyond its definition: where a good answer comes from, and how
 * the same content can be told otherwise. A new dataset needs an entry; the test says so where it is missing.
 */

import type { SourceRequest } from '../../domain/dataset/pull.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { createSimulation } from '../../simulator/simulation.ts';

export interface Example {
  /** The source's answer to a request for a day that is published and clean. */
  answer(request: SourceRequest): Buffer;
  /** What a request asks for, in instants. The end is exclusive. */
  windowOf(request: SourceRequest): Interval;
  /** The widest window that the source answers. */
  readonly widestMs: number;
  /**
   * The same content in other bytes: rows in another order, other volatile fields. A body that has no rows comes back as
   * it is. `draw(n)` gives a whole number below n.
   */
  retell(body: Uint8Array, draw: (n: number) => number): Buffer;
}

export const EXAMPLES: Readonly<Record<string, Example>> = {
  'jao-core.max-exchanges': {
    answer: ({ path, query }) => askJao(`${path}?${new URLSearchParams(query)}`),
    windowOf: ({ query }) => ({
      startMs: Date.parse(query.FromUtc ?? ''),
      endMs: Date.parse(query.ToUtc ?? ''),
    }),
    widestMs: 48 * 3_600_000,
    retell: retellEnvelope,
  },
};

/** A publisher whose clock stands still, beyond every day that is asked for. */
const jao = createSimulation({
  now: '2026-11-20T12:00:00Z',
  clockRate: 0,
  quotaRequests: 0,
  revisionShare: 0,
});

function askJao(target: string): Buffer {
  const { status, body } = jao.handle({ method: 'GET', target });
  if (status !== 200) throw new Error(`the simulator answered ${status} to ${target}: ${body}`);
  return Buffer.from(body);
}

/** Rows shuffled, under new ids, as JAO sends a day that it has published again. */
function retellEnvelope(body: Uint8Array, draw: (n: number) => number): Buffer {
  const envelope: unknown = JSON.parse(Buffer.from(body).toString());
  const rows = (envelope as { data?: unknown } | null)?.data;
  if (!Array.isArray(rows)) return Buffer.from(body);
  const data = shuffled(rows, draw).map((row: unknown) => (isObject(row) ? { ...row, id: draw(1e6) } : row));
  return Buffer.from(JSON.stringify({ ...(envelope as object), data }));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shuffled<T>(items: readonly T[], draw: (n: number) => number): T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(draw(rest.length), 1));
}
