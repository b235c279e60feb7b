/** Bad days of each kind while every process is killed, one after the other. */
import { test } from 'vitest';
import { expectEachToldOnce } from '../../support/notify/bad-days.ts';

test('four bad days are told once each, and once when they are over, though worker, database, Temporal and API are killed', async () => {
  await expectEachToldOnce(8, [{ status: 503 }, { status: 200 }, 'forget', { status: 200, afterMs: 300 }]);
}, 600_000);
