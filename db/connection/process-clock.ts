/** The clock of a process that serves: the database's, and a word in log and database where its own is off. */
import { hostname } from 'node:os';
import { offSentence, setBackSentence } from '../../domain/time/clock-words.ts';
import { forgetProcess, noteProcess, type RunningProcess } from '../queries/operation/processes.ts';
import type { Database } from './client.ts';
import { CLOCK_TOLERANCE_MS, DatabaseClock } from './database-clock.ts';

export interface ProcessClock {
  readonly clock: DatabaseClock;
  /** Measures no more, and forgets the process. */
  stop(): Promise<void>;
}

/**
 * @param kind what the process is noted as; undefined for one that belongs to another, which is noted.
 * @param warn writes a line to the log of the process.
 */
export async function followClock(
  database: Database,
  kind: RunningProcess['kind'] | undefined,
  warn: (sentence: string) => void,
): Promise<ProcessClock> {
  const own = kind && { kind, host: hostname(), pid: process.pid };
  let wasOff = false;
  let noting: Promise<void> = Promise.resolve();
  const clock = await DatabaseClock.follow(database, {
    measured(aheadMs) {
      const isOff = Math.abs(aheadMs) > CLOCK_TOLERANCE_MS;
      if (isOff && !wasOff) warn(offSentence(aheadMs));
      wasOff = isOff;
      // A database that takes no writes now may do so when the clock is measured again.
      if (own) noting = noteProcess(database, own, aheadMs / 1_000).catch(() => undefined);
    },
    setBack: (byMs) => warn(setBackSentence(byMs)),
  });
  return {
    clock,
    async stop() {
      await clock.stop();
      await noting;
      if (own) await forgetProcess(database, own).catch(() => undefined);
    },
  };
}
