/** The short form of `npm run drills -- test/drills/bad-month.test.ts`: each kind of bad day once, and a kill of each process. */
import { test } from 'vitest';
import { expectEachSentOnce } from '../../support/notify/bad-days.ts';

test('six bad days are told exactly once, in order per day, though worker, database, Temporal and API are killed', async () => {
  await expectEachSentOnce({
    ...{ from: '2026-08-01', to: '2026-08-06', workers: 1, kills: 4 },
    conducts: [{ status: 503 }, { status: 200 }, 'forget', { status: 200, afterMs: 300 }, { status: 200 }],
  });
}, 600_000);
