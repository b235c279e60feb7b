/** The clock of a process that serves: the database's, and a word in log and database where its own is off. */
import { hostname } from 'node:os';
import type { Database } from './client.ts';
import { CLOCK_TOLERANCE_MS, DatabaseClock } from './database-clock.ts';
import { forgetProcess, noteProcess, type RunningProcess } from './queries/processes.ts';

export interface ProcessClock {
  readonly clock: DatabaseClock;
  /** Measures no more, and forgets the process. */
  stop(): Promise<void>;
}

/** @param warn writes a line to the log of the process. */
export async function followClock(
  database: Database,
  kind: RunningProcess['kind'],
  warn: (sentence: string) => void,
): Promise<ProcessClock> {
  const own = { kind, host: hostname(), pid: process.pid };
  let wasOff = false;
  let noting: Promise<void> = Promise.resolve();
  const clock = await DatabaseClock.follow(database, {
    measured(aheadMs) {
      const isOff = Math.abs(aheadMs) > CLOCK_TOLERANCE_MS;
      if (isOff && !wasOff) warn(offSentence(aheadMs));
      wasOff = isOff;
      // A database that takes no writes now may do so when the clock is measured again.
      noting = noteProcess(database, own, aheadMs / 1_000).catch(() => undefined);
    },
    setBack: (byMs) =>
      warn(`the database's clock was set back by ${seconds(byMs)}: look at what keeps it in time`),
  });
  return {
    clock,
    async stop() {
      await clock.stop();
      await noting;
      await forgetProcess(database, own).catch(() => undefined);
    },
  };
}

function offSentence(aheadMs: number): string {
  return `the clock of this process is ${describeAhead(aheadMs)}, whose instants count: synchronise both clocks`;
}

/** `86400.0 s ahead of the database's`. */
export function describeAhead(aheadMs: number): string {
  return `${seconds(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead of'} the database's`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
