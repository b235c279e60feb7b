/** Does every dataset of the catalogue keep the contract (kit/testing/), and do their names stand beside each other? */
import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../datasets/catalog.ts';
import { BUNDLED, foldersOf } from '../../datasets/places.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';
import { contractOfFolders } from '../../kit/testing/index.ts';
import { sampleDataset } from '../support/sample-dataset.ts';

const { all } = await loadCatalog(datasetPlaces());
const contracts = await contractOfFolders([BUNDLED, ...(await foldersOf(datasetPlaces()))]);

test('every definition is in the catalogue', () => {
  const ids = all.map(({ id }) => id);
  expect(ids).toEqual(contracts.map(({ id }) => id).toSorted());
});

describe.each(contracts)('$id', ({ cases }) => {
  test.each(cases)('$name', ({ run }) => run());
});

describe('names of relations', () => {
  const catalogOfIds = (...ids: string[]) =>
    catalogOf(
      ids.map((id) =>
        sampleDataset({ id, source: { ...sampleDataset().source, id: id.replace(/\..*/, '') } }),
      ),
    );

  test.each([
    ['x.table', 'x.table-versions', 'x.table_versions'],
    ['x.table', 'x.table-as-of', 'x.table_as_of'],
    ['x.table', 'x.table--closed', 'store.x__table__closed'],
    ['x--y.table', 'x.y--table', 'store.x__y__table'],
    ['x.table', 'x.table', 'x.table'],
  ])('%s and %s cannot stand beside each other', (one, other, relation) => {
    for (const ids of [[one, other] as const, [other, one] as const])
      expect(() => catalogOfIds(...ids)).toThrow(
        `datasets "${ids[0]}" and "${ids[1]}" would share the relation ${relation}: give one of them another id`,
      );
  });

  test('ids that only look alike can', () => {
    const ids = ['x.table', 'x.table-version', 'x.tables', 'x-table.versions', 'y.table', 'y.table-closed'];
    expect(catalogOfIds(...ids).datasets).toHaveLength(ids.length);
  });

  test('the longest id makes names that PostgreSQL keeps whole, one more character does not', () => {
    const longest = `x.${'y'.repeat(46)}`;
    for (const name of Object.values(relationNames(longest))) expect(name.length).toBeLessThan(64);
    expect(catalogOfIds(longest).datasets).toHaveLength(1);
    expect(() => catalogOfIds(`${longest}y`)).toThrow('id has 49 characters, at most 48');
  });
});
