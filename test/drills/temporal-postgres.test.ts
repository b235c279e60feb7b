/** Drill: */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrateAll, settingsOf, tidemark } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';
import { type TemporalOnPostgres, temporalOnPostgres } from '../support/temporal-postgres.ts';

let temporal: TemporalOnPostgres;
beforeAll(async () => {
  temporal = await temporalOnPostgres(inject('adminUrl'));
  await temporal.start();
}, 1_800_000);
afterAll(() => temporal?.close());

test('x', async () => {
  const stored = await createTestDatabase([]); for (const i of [1,2]) {
  const t = Date.now();
  const ran = await migrateAll({ DATABASE_URL: stored.url, TEMPORAL_ADDRESS: temporal.address });
  console.log(ran, Date.now() - t);
  console.log(await tidemark({ DATABASE_URL: stored.url, TEMPORAL_ADDRESS: temporal.address }, 'doctor'));
}
});
