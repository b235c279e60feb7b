/** The clock of a serving process: the database's, with a warning in log and database if its own is off. */
import { hostname } from 'node:os';
import { type Dataset, nameWithVersion } from '../../domain/dataset/dataset.ts';
import { offMessage, setBackMessage } from '../../domain/time/clock-words.ts';
import { forgetProcess, noteProcess, type RunningProcess } from '../queries/operation/processes.ts';
import type { Database } from './client.ts';
import { CLOCK_TOLERANCE_MS, DatabaseClock } from './database-clock.ts';

export interface ProcessClock {
  readonly clock: DatabaseClock;
  /** Stops measuring, and removes the process. */
  stop(): Promise<void>;
}

/** How a process is registered for others to see. */
export interface NotedAs {
  readonly kind: RunningProcess['kind'];
  /** The datasets of its catalogue. */
  readonly datasets: readonly Pick<Dataset, 'id' | 'decoderVersion'>[];
}

/**
 * @param as undefined for a process that belongs to another, registered one.
 * @param warn writes a line to the log of the process.
 */
export async function followClock(
  database: Database,
  as: NotedAs | undefined,
  warn: (summary: string) => void,
): Promise<ProcessClock> {
  const own = as && { kind: as.kind, host: hostname(), pid: process.pid };
  const datasets = (as?.datasets ?? []).map(nameWithVersion);
  let wasOff = false;
  let noting: Promise<void> = Promise.resolve();
  const clock = await DatabaseClock.follow(database, {
    measured(aheadMs) {
      const isOff = Math.abs(aheadMs) > CLOCK_TOLERANCE_MS;
      if (isOff && !wasOff) warn(offMessage(aheadMs));
      wasOff = isOff;
      // A database that cannot be written to now may recover by the next measurement.
      if (own)
        noting = noteProcess(database, own, { clockAheadSeconds: aheadMs / 1_000, datasets }).catch(
          () => undefined,
        );
    },
    setBack: (byMs) => warn(setBackMessage(byMs)),
  });
  // Once the process is reported as running, it must be registered.
  await noting;
  return {
    clock,
    async stop() {
      await clock.stop();
      await noting;
      if (own) await forgetProcess(database, own).catch(() => undefined);
    },
  };
}
