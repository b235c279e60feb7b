/** Are files that a schedule has found told in the same words by the API, the command and SQL? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteFoundFile, rememberFiles } from '../../../../db/queries/files/found-files.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';

const DATASET = 'swissgrid.frequency';
const NAMES = ['/srv/a.csv', '/srv/b.csv', '/srv/c.csv', '/srv/d.csv'];
const [SEEN, TRIED] = [new Date('2026-11-20T10:00:00Z'), new Date('2026-11-20T10:01:00Z')];

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment();
  const { database } = testEnv;
  const look = (at: Date, signatures: readonly string[]) =>
    rememberFiles(
      database,
      DATASET,
      signatures.map((signature, i) => ({ location: NAMES[i] as string, signature })),
      { at, settledSeconds: 60 },
    );
  await look(SEEN, ['one', 'one', 'one', 'one']);
  for (const [i, error] of [null, 'TOO_MANY_REFUSED: 7 lines', null].entries()) {
    const about = { dataset: DATASET, location: NAMES[i] as string, signature: 'one' };
    const load = {
      workflowId: `load:${DATASET}:${i}`,
      runId: `run-${i}`,
      summary: error ?? '144 lines',
      error,
    };
    await noteFoundFile(database, { ...about, ...load }, TRIED);
  }
  // The third has changed since it was loaded, the last was never loaded.
  await look(TRIED, ['one', 'one', 'two', 'one']);
});
afterAll(() => testEnv.close());

const STATES = ['loaded', 'refused', 'waiting', 'waiting'];

test('the API tells each with its reason and its run, page by page', async () => {
  const { json } = await testEnv.get(`/v1/datasets/${DATASET}/files`);
  expect(json.data.map((row: { file: string; state: string }) => [row.file, row.state])).toEqual(
    NAMES.map((name, i) => [name, STATES[i]]),
  );
  expect(json.data[1]).toEqual({
    ...{ file: '/srv/b.csv', state: 'refused', signature: 'one', result: 'TOO_MANY_REFUSED: 7 lines' },
    ...{ same_since: SEEN.toISOString(), seen_at: TRIED.toISOString(), tried_at: TRIED.toISOString() },
    ...{ reason: 'TOO_MANY_REFUSED: 7 lines', link: `http://ui.test/load:${DATASET}:1/run-1` },
  });
  expect(json.data[2]).toMatchObject({ same_since: TRIED.toISOString(), signature: 'two', reason: null });
  expect(json.data[3]).toMatchObject({ tried_at: null, result: null, link: null });
  expect(await rowsOfPages(testEnv.get, `/v1/datasets/${DATASET}/files?limit=3`)).toEqual(json.data);
  const refused = await testEnv.get(`/v1/datasets/${DATASET}/files?state=refused`);
  expect(refused.json.data.map(({ file }: { file: string }) => file)).toEqual(['/srv/b.csv']);
  expect((await testEnv.get('/v1/datasets/jao-core.max-exchanges/files')).json.data).toEqual([]);
});

test('the command and SQL say the same', async () => {
  const shown = await tidemark(settingsOf(testEnv), 'files', DATASET, '--json');
  const { files, place } = JSON.parse(shown.stdout);
  expect([shown.code, place]).toEqual([1, null]);
  expect(files.map(({ state }: { state: string }) => state)).toEqual(STATES);
  const { stdout } = await tidemark(settingsOf(testEnv), 'files', DATASET, '--state', 'refused');
  expect(stdout).toContain('files are not watched: no folder or address is set');
  expect(stdout).toMatch(/\/srv\/b\.csv +refused .*TOO_MANY_REFUSED: 7 lines/);
  expect(await tidemark(settingsOf(testEnv), 'files', DATASET, '--state', 'gone')).toMatchObject({
    ...{
      code: 2,
      stderr: expect.stringContaining('--state is "gone": write one of waiting, loaded, refused'),
    },
  });
  const rows = await testEnv.rows('select file, state from catalog.found_file order by file');
  expect(rows).toEqual(NAMES.map((file, i) => ({ file, state: STATES[i] })));
});
