/**
 * A month of bad days under kills of worker, database, Temporal and API, and a receiver that fails, hangs, is slow and forgets: is each
 * event told exactly once by its key, in order per day, and is nothing forgotten?
 */
import { test } from 'vitest';
import { expectEachSentOnce } from '../support/notify/bad-days.ts';

test('a month of bad days is told exactly once, in order per day', async () => {
  const fine = [{ status: 200 }, { status: 200, afterMs: 500 }, { status: 200 }];
  await expectEachSentOnce({
    ...{ from: '2026-08-01', to: '2026-08-30', workers: 2, kills: 15 },
    conducts: [
      { status: 500 },
      ...fine,
      'forget',
      ...fine,
      ...[{ status: 503 }, ...fine, { status: 429 }, ...fine, 'hang' as const],
      ...[...fine, 'forget' as const, ...fine, ...fine, ...fine],
    ],
  });
}, 900_000);
