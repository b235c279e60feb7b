/** Is a reader of the feed told when a restored database has lost what it has read, and does no cursor name two changes? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChangeFeed, type ReadPage } from '../../../../api/feed/change-feed.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { appendChanges, nextChangeIds, type StampedChange } from '../../../../db/queries/answers/changes.ts';
import { queryOnce } from '../../../chaos/system.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';

import { DATASET } from '../../../support/test-environment.ts';

const EPOCH = 1e12;

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load('2026-11-01', '2026-11-03');
});
afterAll(() => testEnv.close());

const cursors = async () =>
  (await testEnv.rows<{ cursor: number }>('select cursor from ops.change order by cursor')).map(
    ({ cursor }) => cursor,
  );
const settle = () => testEnv.rows('select ops.settle()');
/** As if its files had been those of another timeline until now. */
const restore = () => queryOnce(testEnv.databaseUrl, `update ops.clock set origin = 'elsewhere'`);

/** A change of a day that is there. */
async function write(): Promise<void> {
  const [there] = await testEnv.rows<StampedChange>(
    `select dataset, day, payload_id as "payloadId", kind, new_points as "newPoints", revised_points as "revisedPoints",
       nulled_points as "nulledPoints", largest_difference as "largestDifference" from ops.change limit 1`,
  );
  await transaction(testEnv.database, async (sql) => {
    const [id] = await nextChangeIds(sql, 1);
    await appendChanges(sql, [{ ...(there as StampedChange), id: id as number }]);
  });
}

test('a database that was never restored is in its first epoch, however often it settles', async () => {
  for (let n = 0; n < 3; n++) await settle();
  const epochs = await testEnv.rows<{ number: number }>('select number from catalog.epochs');
  expect(epochs).toEqual([{ number: 0 }]);
  expect((await cursors()).at(-1)).toBeLessThan(EPOCH);
});

test('the first change of other files begins an epoch, which begins once though several write', async () => {
  const [before = 0] = (await cursors()).slice(-1);
  await restore();
  await Promise.all([write(), write(), settle(), write()]);
  expect((await cursors()).slice(-4)).toEqual([before, EPOCH + 1, EPOCH + 2, EPOCH + 3]);
  expect(
    await testEnv.rows('select number, ended_cursor from catalog.epochs where number > 0 order by number'),
  ).toEqual([{ number: 1, ended_cursor: before }]);
});

test('who has read what is lost is told from where to go on; who has not goes on', async () => {
  const ended = (await cursors()).filter((cursor) => cursor < EPOCH).at(-1) as number;
  const goesOn = await testEnv.get(`/v1/changes?since=${ended}`);
  expect(goesOn.json.data.map(({ cursor }: { cursor: number }) => cursor)).toEqual(
    (await cursors()).filter((cursor) => cursor > EPOCH),
  );
  const lost = await testEnv.get(`/v1/changes?since=${ended + 7}`);
  expect(lost.status).toBe(422);
  expect(lost.json.detail).toContain(`go on from ${ended}, and read the days again`);
  const stream = await testEnv.get('/v1/changes/stream', { headers: { 'last-event-id': String(ended + 7) } });
  expect(stream.status).toBe(422);
  const typed = await tidemark(settingsOf(testEnv), 'changes', '--since', String(ended + 7));
  expect(typed).toMatchObject({ code: 2, stderr: expect.stringContaining(`go on from ${ended}`) });
});

test('a stream ends with the epoch, so that its reader comes back and is told', async () => {
  const feed = new ChangeFeed(testEnv.database, [DATASET]);
  const [since = 0] = (await cursors()).slice(-1);
  const pages: ReadPage[] = [];
  const ended = new AbortController().signal;
  const read = (async () => {
    for await (const page of feed.read({ since, datasets: [DATASET], idleMs: 60_000, ended }))
      pages.push(page);
  })();
  await write();
  await expect.poll(() => pages.length).toBe(1);
  await restore();
  await write();
  await read;
  expect(pages.flatMap(({ changes }) => changes.map(({ cursor }) => cursor))).toEqual([since + 1]);
  feed.close();
});

test('ids are of the epoch too, so that none that was noted elsewhere names something else', async () => {
  await testEnv.load('2026-11-04', '2026-11-04');
  const [payload] = await testEnv.rows<{ id: number }>('select max(id) as id from ops.payload');
  expect(payload?.id).toBeGreaterThan(2 * EPOCH);
});
