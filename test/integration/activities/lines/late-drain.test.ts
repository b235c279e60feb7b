/** Does a worker that stood still while it drained an inbox write over what others have drained since? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../activities/dependencies.ts';
import { drainPiece } from '../../../../activities/lines/drain-inbox.ts';
import { ofLines } from '../../../../activities/lines/fold-lines.ts';
import { type Database, openDatabase } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import { type Dataset, defineDataset } from '../../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../../domain/dataset/points.ts';
import type { RecordDataset } from '../../../../domain/dataset/records.ts';
import { sentPoints } from '../../../../domain/lines/sent-points.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { HOLDS, type LateWorker, openLateWorker } from '../../../support/late-worker.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { recordLines, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

/** How a line of each kind says that something is `now`. */
interface Kind {
  readonly dataset: (id: string) => Dataset;
  readonly line: (now: number) => Buffer;
}

const { files: _, source, ...FILED } = sampleFiles();
const PUSHED: Omit<PointDataset, 'id'> = {
  ...{ ...FILED, source: { ...source, id: 'sample' }, silence: 'nothing', push: sentPoints() },
  resolution: [{ from: '2020-01-01', minutes: 15 }],
  expectedSeries: [{ from: '2020-01-01', count: 1 }],
};
const AT = '2026-11-20T10:00:00Z';
const thing = (version: number, price: number) =>
  recordLines([{ key: 'a', at: AT, version, body: { price } }]);
const records = (changes: Partial<RecordDataset>) => (id: string) => sampleRecordDataset({ ...changes, id });
const KINDS: Readonly<Record<string, Kind>> = {
  points: {
    dataset: (id) => defineDataset<PointDataset>({ ...PUSHED, id }),
    line: (now) => Buffer.from(JSON.stringify({ series: 's', starts_at: AT, value: now })),
  },
  arrivals: { dataset: records({ versions: 'by-arrival' }), line: (now) => thing(1, now) },
  versions: { dataset: records({}), line: (now) => thing(now, now) },
};
const [OLD, NEW, ...LATER] = [1, 2, 3, 2] as const;
const TWINS = Object.entries(KINDS).flatMap(([kind, { dataset }]) => [
  dataset(`sample.${kind}-alone`),
  ...Object.keys(HOLDS).map((_, n) => dataset(`sample.${kind}-${n}`)),
]);

let stored: TestDatabase;
let late: LateWorker;
beforeAll(async () => {
  stored = await createTestDatabase(TWINS);
  late = await openLateWorker(stored);
});
afterAll(async () => {
  await late.close();
  await stored.drop();
});

const rows = async <T>(text: string, values: unknown[]) =>
  (await stored.database.query(text, values)).rows as T[];
const waiting = async (id: string) =>
  (await rows('select id from ops.inbox where dataset = $1', [id])).length;

async function send(id: string, bytes: Buffer): Promise<void> {
  const administrator = openDatabase({ url: stored.url, application: 'sender' });
  await administrator.query(
    'insert into ops.inbox (dataset, lines, size_bytes, bytes) values ($1, 1, $2, $3)',
    [id, bytes.length, bytes],
  );
  await administrator.end();
}

const drain = (database: Database, dataset: Dataset) =>
  drainPiece({ database, clock: systemClock }, ofLines(dataset));

async function drainAll(dataset: Dataset): Promise<void> {
  while ((await waiting(dataset.id)) > 0) await drain(stored.database, dataset);
}

/** Everything that readers see of it, without instants and ids. */
async function contentOf({ id }: Dataset) {
  const value = id.startsWith('sample.points') ? 'series, value' : 'key, body, revision';
  return {
    versions: await rows(
      `select ${value}, row_number() over (order by known_from) as nth, known_to is null as current
       from ${storageOf(id).versions} order by known_from`,
      [],
    ),
    ledger: await rows(
      'select day, state, present_points, revision, error from ops.delivery_day where dataset = $1',
      [id],
    ),
    payloads: await rows(
      `select encode(sha256, 'hex') as sha256, seen_count, kind from ops.payload where dataset = $1 order by fetched_at`,
      [id],
    ),
    feed: await rows(
      'select kind, new_points, revised_points, nulled_points from ops.change where dataset = $1 order by cursor',
      [id],
    ),
  };
}

const find = (id: string) => TWINS.find((dataset) => dataset.id === id) as Dataset;

async function drainEach(dataset: Dataset, lines: readonly number[], { line }: Kind): Promise<void> {
  for (const now of lines) {
    await send(dataset.id, line(now));
    await drainAll(dataset);
  }
}

test.each(
  Object.entries(KINDS).flatMap(([name, kind]) =>
    Object.entries(HOLDS).map(([point, at], n) => ({ name, kind, point, at, n })),
  ),
)('$name, held $point: the same as without it', async ({ name, kind, at, n }) => {
  const alone = find(`sample.${name}-alone`);
  if ((await contentOf(alone)).feed.length === 0) await drainEach(alone, [OLD, NEW, ...LATER], kind);
  const dataset = find(`sample.${name}-${n}`);
  await send(dataset.id, kind.line(OLD));
  const standsStill = late.standStill(at);
  const attempt = drain(late.database, dataset).catch((error: Error) => error);
  await standsStill;
  await late.meanwhile(() => drainAll(dataset));
  await drainEach(dataset, [NEW], kind);
  late.goOn();
  await attempt;
  await drainEach(dataset, LATER, kind);
  expect(await contentOf(dataset)).toEqual(await contentOf(alone));
  expect(await waiting(dataset.id)).toBe(0);
});
