/** Are places of datasets found as folders and as packages, through links, and refused all at once with the hint? */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';
import {
  catalogOfFolders,
  loadCatalog,
  loadDefinition,
  scriptsOfFolders,
} from '../../../datasets/catalog.ts';
import { foldersOf } from '../../../datasets/places.ts';

const ACME = join(ROOT, 'test/fixtures/acme-datasets/datasets');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-places-'));
  writeFileSync(join(folder, 'file'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is a place, as written and through a link', async () => {
  symlinkSync(ACME, join(folder, 'linked'));
  mkdirSync(join(folder, 'of-links'));
  symlinkSync(join(ACME, 'acme'), join(folder, 'of-links/acme'));
  for (const place of [ACME, join(folder, 'linked'), join(folder, 'of-links')]) {
    const { all } = await loadCatalog([place]);
    expect(all.map(({ id }) => id)).toContain('acme.spot-prices');
  }
});

test('a name is a package that is installed where the process runs', async () => {
  await expect(foldersOf(['no-such-datasets'])).rejects.toThrow(
    'TIDEMARK_DATASETS names "no-such-datasets": no such package is installed; run "npm install" of it here, or write a folder as ./folder or /folder',
  );
});

test('every place that cannot be read is named with the hint', async () => {
  const gone = join(folder, 'gone');
  await expect(foldersOf([gone, ACME, join(folder, 'file')])).rejects.toThrow(
    `TIDEMARK_DATASETS names "${gone}": there is no folder ${gone}; make it, or leave it out\n` +
      `TIDEMARK_DATASETS names "${join(folder, 'file')}": ${join(folder, 'file')} is no folder`,
  );
});

test('a dataset that is defined twice is refused, with both files', async () => {
  const copy = join(folder, 'copy');
  cpSync(ACME, copy, { recursive: true });
  await expect(catalogOfFolders([ACME, copy])).rejects.toThrow(
    `${join(copy, 'acme/spot-prices.ts')}: acme.spot-prices is defined in ${join(ACME, 'acme/spot-prices.ts')} already`,
  );
});

test('a definition that is wrong fails by its file and field, beside the others', async () => {
  const wrong = join(folder, 'wrong');
  mkdirSync(join(wrong, 'library'), { recursive: true });
  writeFileSync(join(wrong, 'library/loans.ts'), 'export default { id: "library.loans", shape: "lists" }');
  writeFileSync(join(wrong, 'library/readers.ts'), 'export default syntax error');
  const failed = loadCatalog([wrong]);
  await expect(failed).rejects.toThrow(`${join(wrong, 'library/loans.ts')}: `);
  await expect(failed).rejects.toThrow('shape is "lists": write "points" or "records"');
  await expect(failed).rejects.toThrow(`${join(wrong, 'library/readers.ts')}: `);
});

describe('a file with a list of definitions', () => {
  const room = () => join(folder, 'lists/library');
  const file = (name: string) => join(room(), name);
  const tables = `const of = (name) => ({
    ...{ id: 'library.' + name, shape: 'records', silence: 'nothing', versions: 'by-arrival', period: 'day' },
    ...{ source: { id: 'library', title: 'Library', link: 'https://library.example', timeZone: 'UTC' } },
    ...{ title: name, description: name, unit: name, owner: 'us', licence: 'none', link: 'https://library.example' },
    ...{ access: 'open', retentionDays: null, firstDay: '2020-01-01', chunkDays: 7, decoderVersion: 1 },
    fields: [{ name: 'book', type: 'text', description: 'which' }],
    decode: () => ({ records: [], findings: [] }),
    push: { lines: { isHeader: () => false, instantOf: () => undefined } },
  });`;
  beforeAll(() => {
    mkdirSync(room(), { recursive: true });
    writeFileSync(file('tables.js'), `${tables}\nexport default [of('loans'), of('readers')];`);
    writeFileSync(file('readers.sql'), 'select 1;');
  });

  test('brings all of them, each with the SQL of its name', async () => {
    const { all } = await catalogOfFolders([join(folder, 'lists')]);
    expect(all.map(({ id }) => id)).toEqual(['library.loans', 'library.readers']);
    expect(await scriptsOfFolders([join(folder, 'lists')])).toEqual([
      { dataset: 'library.readers', text: 'select 1;' },
    ]);
  });

  test('is no file of one dataset', async () => {
    await expect(loadDefinition(file('tables.js'))).rejects.toThrow(
      'has several datasets: name one of them by its id (library.loans, library.readers)',
    );
  });

  test('has those of its folder only', async () => {
    writeFileSync(
      file('strange.js'),
      `${tables}\nexport default [{ ...of('x'), id: 'museum.x', source: { ...of('x').source, id: 'museum' } }];`,
    );
    await expect(catalogOfFolders([join(folder, 'lists')])).rejects.toThrow(
      `${file('strange.js')}: id is "museum.x", its place says "library.…"`,
    );
  });
});
