/** A worker that stands still in the middle of its work, seen from its database: others go on, and it goes on later. */
import { expect } from 'vitest';
import { type Database, openDatabase } from '../../db/connection/client.ts';
import { type HoldAt, HoldingProxy } from '../chaos/holding-proxy.ts';
import type { TestDatabase } from './database.ts';

/** Where a worker stands still. After its commit, it has not been told that this succeeded. */
export const HOLDS: Readonly<Record<string, HoldAt>> = {
  'before its first statement': { side: 'before', statement: /./ },
  'at its lock': { side: 'before', statement: /advisory|for update/ },
  'before its commit': { side: 'before', statement: /^commit/ },
  'after its commit': { side: 'after', statement: /^commit/ },
};

const WAITING =
  'select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()';

export interface LateWorker {
  /** Its sessions. */
  readonly database: Database;
  /** @returns when it stands still there. */
  standStill(at: HoldAt): Promise<void>;
  /** What others do meanwhile. Where they wait for a lock that it holds, its session ends, as the server does it after a minute. */
  meanwhile<T>(others: () => Promise<T>): Promise<T>;
  goOn(): void;
  close(): Promise<void>;
}

export async function openLateWorker(stored: TestDatabase): Promise<LateWorker> {
  const proxy = await HoldingProxy.open(Number(new URL(stored.url).port));
  const database = openDatabase({
    ...{ url: proxy.through(stored.url), role: 'tidemark_writer', application: 'late worker' },
    idleMs: 600_000,
  });
  return {
    database,
    standStill: (at) => proxy.hold(at),
    async meanwhile(others) {
      let isOver = false;
      const work = others().finally(() => {
        isOver = true;
      });
      const isWaiting = async () => (await stored.database.query(WAITING)).rows.length > 0;
      await expect.poll(async () => isOver || (await isWaiting()), { interval: 10 }).toBe(true);
      if (!isOver) proxy.cut();
      return await work;
    },
    goOn: () => proxy.release(),
    async close() {
      // First what it waits for.
      await proxy.close();
      await database.end();
    },
  };
}
