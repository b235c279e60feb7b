/**
 * Detects a database that has gone silent without an error: a frozen line, a machine that stands still. A statement alone cannot
 * distinguish that from a long query, so while statements run another session queries the database. Without an answer, all sessions of the
 * pool are closed, and their statements fail with an error worth a retry. A slow statement may take as long as it needs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Session } from './client.ts';

/** The database did not answer in time. Worth a retry. */
export class SilenceFailure extends Error {
  override readonly name = 'SilenceFailure';
}

export interface PulseOptions {
  /** How long a database may be silent. */
  readonly silenceMs: number;
  /** Makes a session apart from the pool. */
  readonly open: () => Session;
}

/** Watches a pool until it has ended. Keeps no process alive. */
export function watchPulse(pool: pg.Pool, { silenceMs, open }: PulseOptions): void {
  const sessions = new Set<Session>();
  pool.on('connect', (session) => sessions.add(session as unknown as Session));
  pool.on('remove', (session) => sessions.delete(session as unknown as Session));
  let isPending = false;
  const look = async () => {
    if (pool.ended) return clearInterval(timer);
    if (isPending || pool.totalCount === pool.idleCount) return;
    isPending = true;
    const answers = await answersWithin(open(), silenceMs);
    isPending = false;
    if (answers) return;
    const silent = new SilenceFailure(`it has not said a word for ${silenceMs / 1000} s`);
    for (const session of sessions) session.hangUp(silent);
  };
  const timer = setInterval(() => void look(), silenceMs / 3);
  timer.unref();
}

/** Whether the database answers at all, even with an error. */
async function answersWithin(session: Session, limitMs: number): Promise<boolean> {
  session.on('error', () => {});
  const answer = session.connect().then(() => session.query('select 1'));
  const hasAnswered = await Promise.race([
    answer.then(
      () => true,
      () => true,
    ),
    inSteps(limitMs).then(() => false),
  ]);
  session.hangUp();
  return hasAnswered;
}

const STEPS = 10;

/** Waits in steps: a process that itself stood still must not blame the other side. */
async function inSteps(ms: number): Promise<void> {
  for (let step = 0; step < STEPS; step++) await delay(ms / STEPS, undefined, { ref: false });
}
