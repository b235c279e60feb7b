/** SQL of a dataset's own lies beside its definition; what is in the wrong place is named. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog, loadScripts, scriptsOfFolders } from '../../../../datasets/catalog.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-datasets-'));
  await mkdir(join(folder, 'library'));
  await writeFile(join(folder, 'library/loans.ts'), 'export default {}');
  await writeFile(join(folder, 'library/loans.sql'), 'select 1;');
  await writeFile(join(folder, 'library/readers.ts'), 'export default {}');
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder of datasets brings its SQL along', async () => {
  expect(await scriptsOfFolders([folder])).toEqual([{ dataset: 'library.loans', text: 'select 1;' }]);
});

test('every bundled one belongs to a dataset', async () => {
  const ids = (await loadCatalog(datasetPlaces())).all.map(({ id }) => id);
  const scripts = await loadScripts(datasetPlaces());
  expect(scripts.length).toBeGreaterThan(0);
  expect(ids).toEqual(expect.arrayContaining(scripts.map(({ dataset }) => dataset)));
});

test('without a dataset beside it is refused, all of them at once', async () => {
  await writeFile(join(folder, 'library/loan.sql'), '');
  await writeFile(join(folder, 'library/Star.sql'), '');
  await expect(scriptsOfFolders([folder])).rejects.toThrow(
    `datasets: ${folder}/library/Star.sql: no dataset beside it; name it like its dataset\n` +
      `${folder}/library/loan.sql: no dataset beside it; name it like its dataset`,
  );
});
