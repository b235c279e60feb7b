/** A file that is changed in place while it is loaded: other bytes than those that were registered go nowhere. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLoad } from '../../../../temporal/loads.ts';
import { DATASET, type Loading, linesOf, openLoading, RELATION, textOf } from '../../../support/loading.ts';

const [FIRST, LAST] = ['2023-01-10', '2023-01-20'];
const END = '2023-01-20T22:50:00Z';

let loading: Loading;
beforeAll(async () => {
  // A range is some five days.
  loading = await openLoading({ rangeBytes: 20_000 });
});
afterAll(() => loading?.close());

/** Overwrites the last value, without a change of length. */
function changeEnd(path: string, size: number, value: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, `${value}\n`, size - value.length - 1);
  closeSync(file);
}

/** Waits until somebody waits for a lock that this test has. Other databases of the server have other tests. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await loading.testEnv.rows(
      `select 1 from pg_locks join pg_database d on d.oid = database
       where locktype = 'advisory' and not granted and datname = current_database()`,
    );
    if (waiting.length > 0) return;
  }
}

const valueAt = async (at: string) =>
  await loading.testEnv.rows(`select value from ${RELATION} where starts_at = $1`, [at]);

it('stops the load, what is written is of the registered bytes, and the next load brings the others', async () => {
  const { testEnv } = loading;
  const text = textOf(linesOf(FIRST, 11, () => '50.000'));
  const file = loading.fileOf(text);
  const session = await testEnv.database.connect();
  await session.query('begin');
  // The first range is read and waits for its days; the second one is not begun.
  await session.query(
    `select pg_advisory_xact_lock(hashtextextended('tidemark.day ' || $1 || ' ' || $2, 0))`,
    [DATASET, FIRST],
  );
  const run = await startLoad(testEnv.temporal, { dataset: DATASET, file, concurrency: 1 });
  await untilSomebodyWaits();
  changeEnd(file, text.length, '50.099');
  await session.query('commit');
  session.release();
  const { stage: ended, stopped } = await run.result();
  expect({ ended, stopped }).toEqual({
    ended: 'stopped',
    stopped: expect.stringMatching(
      /^FILE_CHANGED: .*\.csv has other bytes from \d+ to \d+: it was changed while it was being loaded; load it again/,
    ),
  });
  expect(await valueAt(END)).toEqual([]);
  const [load] = await testEnv.rows('select stopped, finished_at from ops.load');
  expect(load).toEqual({ stopped, finished_at: expect.any(Date) });

  const { stage: again } = await loading.load(file);
  expect(again).toBe('loaded');
  expect(await valueAt(END)).toEqual([{ value: 50.099 }]);
  const sums = await testEnv.rows<{ sha: string }>(
    `select encode(sha256, 'hex') as sha from ops.file order by id`,
  );
  expect(new Set(sums.map(({ sha }) => sha)).size).toBe(2);
  expect(await loading.differences(FIRST, LAST)).toContain(
    '11 of 11 days looked at, nothing changed, 0 would differ [[],{}]',
  );
});
