/** Does the reference have every dataset of the catalogue? */
import { expect, test } from 'vitest';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { tableNames } from '../../../../domain/dataset/relation-names.ts';
import { datasetsPage } from '../../../../scripts/docs/datasets.ts';

test('every dataset is listed, with how to ask for it', async () => {
  const page = await datasetsPage();
  const { all } = await loadCatalog();
  for (const { id, title, unit, description } of all)
    expect(page).toContain(`
### ${id}

${title} (${unit}). ${description} `);
  expect(page).toContain('`volume_frequency_data`');
  expect(tableNames({ id: 'a.b', plain: { tables: ['c'] } })).toEqual(['a.b', 'b', 'c']);
});
