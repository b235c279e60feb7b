/** Is a folder into which files are copied while it is watched loaded whole and once, when workers are killed all along? */
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import type { WorkerProcess } from '../../../chaos/worker-process.ts';
import { linesOf, textOf } from '../../../support/loading.ts';
import { lookForFiles, startLookingWorker } from '../../../support/looking.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

/** As an author writes it, in a folder of its own. */
const DEFINITION = `
import { defineDataset } from 'tidemark';

export default defineDataset({
  shape: 'points', silence: 'keep', id: 'watched.values',
  source: {
    id: 'watched', title: 'Watched', link: 'http://localhost/', timeZone: 'Europe/Zurich',
    settings: { WATCHED_FILES: { meaning: 'Where files appear' } },
  },
  title: 'Watched values', description: 'Values of files that appear.', unit: 'Hz', owner: 'nobody', licence: 'none',
  link: 'http://localhost/', access: 'open', retentionDays: null, firstDay: '2020-01-01', chunkDays: 7, decoderVersion: 1,
  finestSeconds: 1,
  files: {
    onlySeries: 'value', form: {},
    found: { setting: 'WATCHED_FILES', names: /\\.csv$/, everyMinutes: 1, settledSeconds: 5 },
  },
  seriesAttributes: () => ({}),
});
`;
const DATASET = 'watched.values';
const FILES = 8;

let testEnv: TestEnvironment;
let worker: WorkerProcess;
let folder: string;
let place: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-watched-'));
  place = join(folder, 'place');
  mkdirSync(place);
  mkdirSync(join(folder, 'datasets', 'watched'), { recursive: true });
  writeFileSync(join(folder, 'datasets', 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'datasets', 'watched', 'values.ts'), DEFINITION);
  const places = [join(folder, 'datasets')];
  const { all } = await loadCatalog(places);
  testEnv = await openTestEnvironment({ catalog: catalogOf(all) });
  worker = await startLookingWorker(testEnv, folder, {
    TIDEMARK_DATASETS: places.join(),
    WATCHED_FILES: place,
  });
});
afterAll(async () => {
  await worker?.stop();
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

const look = () => lookForFiles(testEnv, DATASET);

const loaded = async () =>
  (
    await testEnv.rows<{ n: number }>(
      'select count(*)::int as n from ops.found_file where tried_signature = signature',
    )
  )[0]?.n;

const dayOf = (file: number) => `2026-01-${String(file + 5).padStart(2, '0')}`;

/**
 * Copies a day in pieces, as a slow line does: between two of them the file is half written, for much less than the time after which
 * a file has settled, also on a machine that is ten times slower at moments.
 */
async function copy(file: number, value: number): Promise<void> {
  const lines = linesOf(dayOf(file), 1, () => value);
  const into = createWriteStream(join(place, `${dayOf(file)}.csv`));
  for (let i = 0; i < 144; i += 24) {
    into.write(textOf(lines.slice(i, i + 24)));
    await delay(100 + 40 * file);
  }
  await new Promise<void>((resolve) => into.end(resolve));
}

test('each file is loaded once and whole, also those that change meanwhile', async () => {
  let isOver = false;
  const work = (async () => {
    for (let file = 0; file < FILES; file += 1) await copy(file, 50);
    // One that changed before it was loaded would be loaded once.
    await expect.poll(loaded, { timeout: 400_000 }).toBe(FILES);
    for (let file = 0; file < FILES; file += 4) await copy(file, 51);
  })();
  const killed = (async () => {
    for (let kill = 0; !isOver; kill += 1) {
      await delay(2_500);
      if (!isOver && kill < 4) await worker.kill(200);
    }
  })();
  const copied = work.then(() => true);
  for (let isDone = false; !isDone; ) {
    await look();
    isDone = await Promise.race([copied, delay(200).then(() => false)]);
  }
  isOver = true;
  await killed;
  // Two looks more: what was copied last has settled, and what was not loaded before is now.
  for (let summary = ''; !summary.endsWith('nothing new'); await delay(1_100)) ({ summary } = await look());

  const days = await testEnv.rows(
    `select delivery_day as day, count(*)::int as points, min(value) as low, max(value) as high
     from watched.values group by delivery_day order by delivery_day`,
  );
  expect(days).toEqual(
    Array.from({ length: FILES }, (_, file) => {
      const value = file % 4 === 0 ? 51 : 50;
      return { day: dayOf(file), points: 144, low: value, high: value };
    }),
  );
  // No payload is a part of a day: none of them was read while it was being written.
  const payloads = await testEnv.rows(
    `select day, count(*)::int as payloads from ops.payload where dataset = $1 group by day order by day`,
    [DATASET],
  );
  expect(payloads).toEqual(
    Array.from({ length: FILES }, (_, file) => ({ day: dayOf(file), payloads: file % 4 === 0 ? 2 : 1 })),
  );
  const [sizes] = await testEnv.rows(
    'select count(distinct byte_to - byte_from)::int as sizes from ops.payload where dataset = $1',
    [DATASET],
  );
  expect(sizes).toEqual({ sizes: 1 });
  expect(worker.endedByItself).toEqual([]);
}, 600_000);
