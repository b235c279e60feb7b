/** Are datasets of every shape found by the words that their files say? */
import { expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { hasWords } from '../../../../domain/dataset/dataset-words.ts';

const { all } = await loadCatalog(datasetPlaces());

test.each([
  ['swissgrid quality', 'swissgrid.frequency-quality'],
  ['FREQUENCY continental', 'swissgrid.frequency'],
  ['volume_frequency_data', 'swissgrid.volume-frequency'],
  ['maxbex', 'jao-core.max-exchanges'],
  ['barcode', 'checkout.events'],
  ['public holidays', 'calendar.holidays'],
])('"%s" finds %s alone', (words, id) => {
  expect(all.filter((dataset) => hasWords(dataset, words)).map((dataset) => dataset.id)).toEqual([id]);
});

test('no words find everything, unknown ones nothing', () => {
  expect(all.filter((dataset) => hasWords(dataset, ' '))).toEqual(all);
  expect(all.filter((dataset) => hasWords(dataset, 'hz mw'))).toEqual([]);
  expect(all.filter((dataset) => hasWords(dataset, 'nl de'))).toEqual([]);
});
