/**
 * Wakes the workflow that drains an inbox whenever lines have been put into it: at once, and while they keep coming every few seconds, which
 * is more often than a drain goes to sleep (`activities/lines/drain-inbox.ts`). The sender does not wait for it.
 */
import type { FastifyBaseLogger } from 'fastify';
import { wakeDrain } from '../../temporal/drains.ts';
import type { ApiDependencies } from '../dependencies.ts';

const EVERY_MS = 3_000;

export interface WakeDrains {
  (dataset: string, log: FastifyBaseLogger): void;
  /** Ends what would wake a drain later: it looks by itself once a minute. */
  stop(): void;
}

export function wakeDrains({ temporal }: Pick<ApiDependencies, 'temporal'>): WakeDrains {
  const wokenMs = new Map<string, number>();
  const later = new Map<string, NodeJS.Timeout>();
  const wakeNow = (dataset: string, log: FastifyBaseLogger): void => {
    later.delete(dataset);
    wokenMs.set(dataset, performance.now());
    temporal()
      .then((connected) => wakeDrain(connected, dataset))
      .catch((error: unknown) => log.warn({ err: error }, `drain:${dataset} could not be woken`));
  };
  const wake = (dataset: string, log: FastifyBaseLogger): void => {
    if (later.has(dataset)) return;
    const inMs = (wokenMs.get(dataset) ?? Number.NEGATIVE_INFINITY) + EVERY_MS - performance.now();
    const wakeIt = () => wakeNow(dataset, log);
    if (inMs <= 0) wakeIt();
    else later.set(dataset, setTimeout(wakeIt, inMs));
  };
  const stop = () => {
    for (const timer of later.values()) clearTimeout(timer);
  };
  return Object.assign(wake, { stop });
}
