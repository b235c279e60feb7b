/**
 * Notices a database that has fallen silent without refusing: a frozen line, a machine that stands still. A statement alone
 * cannot tell that from its own long work, so while there is work another session asks. No answer: all sessions of the pool
 * are hung up, and their statements fail as ones that pass. An honest statement may take as long as it needs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Session } from './client.ts';

/** The database did not answer in time. Passes when it does. */
export class SilenceFailure extends Error {
  override readonly name = 'SilenceFailure';
}

export interface PulseOptions {
  /** How long a database may say nothing at all. */
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

/** Whether the database says anything, be it a refusal. */
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

/** Waits in steps: a process that stood still itself must not take that for the silence of the other side. */
async function inSteps(ms: number): Promise<void> {
  for (let step = 0; step < STEPS; step++) await delay(ms / STEPS, undefined, { ref: false });
}
