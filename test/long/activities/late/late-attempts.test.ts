/**
 * Does an attempt at a step that goes on late change anything of what others have written since? A matrix of steps that write and of places
 * where a worker stands still, each compared with the same work undisturbed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import type { HoldAt } from '../../../chaos/holding-proxy.ts';
import { openTestEnvironment } from '../../../support/test-environment.ts';
import { DATASETS } from './datasets.ts';
import { contentOf } from './late-content.ts';
import { type LateSystem, openLateSystem, type Point, type StepName } from './late-system.ts';
import { startPublisher } from './publisher.ts';
import { type Surroundings, WAYS, type Way } from './ways.ts';

let it: Surroundings;
let system: LateSystem;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-late-'));
  const testEnv = await openTestEnvironment({ catalog: catalogOf(DATASETS) });
  const publisher = await startPublisher();
  it = { testEnv, publisher, folder };
  const filesFolder = join(folder, 'texts');
  system = await openLateSystem(testEnv, { source: 'sample', baseUrl: publisher.url, filesFolder });
});
afterAll(async () => {
  await system.close();
  await it.publisher.close();
  await it.testEnv.close();
  rmSync(it.folder, { recursive: true });
});

const PLACES = {
  'before its first statement': { side: 'before', statement: /./ },
  // Everything is read by then.
  'before its claim': { side: 'before', statement: /insert into ops\.step/ },
  'at its lock': { side: 'before', statement: /advisory|for update/ },
  'before its commit': { side: 'after', statement: /update ops\.step/ },
  'after its commit': { side: 'after', statement: /^commit/ },
  // Where several transactions of a step are committed, or a statement by itself.
  'after its claim': { side: 'after', statement: /insert into ops\.step/ },
  'at the inbox': { side: 'after', statement: /delete from ops\.inbox/ },
} satisfies Readonly<Record<string, HoldAt>>;
type Place = keyof typeof PLACES;

const ALL: readonly Place[] = [
  'before its first statement',
  'before its claim',
  'at its lock',
  'before its commit',
  'after its commit',
];
const UNLOCKED: readonly Place[] = ['before its first statement', 'before its commit', 'after its commit'];

/** Which step of which way, and where it can stand still. */
const CASES: readonly (readonly [way: keyof typeof WAYS, step: StepName, places: readonly Place[]])[] = [
  ['a day', 'fetchDay', ALL],
  ['a day', 'writeDay', ALL],
  ['a day that fails', 'recordFailure', ALL],
  ['a day of parts', 'fetchDay', ['before its first statement', 'before its commit']],
  ['a day of parts', 'validateDay', ['before its first statement']],
  ['a day of parts', 'writeDay', ['at its lock']],
  ['a response that was stored late', 'writeDay', ALL],
  ['a computed day', 'fetchDay', ['before its first statement', 'before its claim', 'before its commit']],
  ['a decision', 'decideDay', ALL],
  ['a rebuild', 'rebuildDay', ALL],
  ['a backfill', 'planBackfill', ['before its first statement', 'after its commit']],
  ['a backfill', 'fetchBatch', ['before its first statement', 'after its commit']],
  ['a backfill', 'finishBackfill', UNLOCKED],
  ['a file of points', 'registerFile', UNLOCKED],
  [
    'a file of points',
    'loadRange',
    ['before its first statement', 'before its claim', 'at its lock', 'after its claim', 'before its commit'],
  ],
  ['a file of points', 'finishLoad', UNLOCKED],
  ['a file of records', 'loadRange', ALL],
  ['retention', 'maintainStorage', UNLOCKED],
  ['lines that are pushed', 'drainInbox', ['before its first statement', 'at the inbox', 'after its commit']],
  ['an erasure', 'eraseUnit', ['before its claim', 'at its lock', 'before its commit', 'after its commit']],
  ['an erasure', 'finishErasure', UNLOCKED],
];

/** Two days of its own for each, in which nothing was before. */
let days = 0;
function freshDay(): string {
  days += 1;
  return addDays('2024-01-03', 3 * days);
}

async function outcome(way: Way, point?: Omit<Point, 'is'>) {
  const day = freshDay();
  const [work, next] = [() => way.work(it, day), () => way.next(it, day)];
  // The step of this day, where one is taken for every day; that requests something, where another lists what to request.
  const is = (input: { readonly unit?: string; readonly part?: string }) =>
    (input.unit ?? day) === day && (point?.step !== 'fetchDay' || !way.ofParts || input.part !== undefined);
  await system.withOthers(async () => way.before?.(it, day));
  const told = point
    ? await system.withLate({ ...point, is }, work, next)
    : await system.withOthers(async () => {
        const done = await work();
        await next();
        return done;
      });
  return { told, ...(await contentOf(it.testEnv, { dataset: way.dataset.id, day }, way.shape)) };
}

const undisturbed = new Map<string, Awaited<ReturnType<typeof outcome>>>();

test.each(CASES.flatMap(([name, step, places]) => places.map((place) => ({ name, step, place }))))(
  '$name, $step: $place',
  async ({ name, step, place }) => {
    const way: Way = WAYS[name];
    const expected = undisturbed.get(name) ?? (await outcome(way));
    undisturbed.set(name, expected);
    expect(await outcome(way, { step, at: PLACES[place] })).toEqual(expected);
  },
);
