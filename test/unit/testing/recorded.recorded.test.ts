/** Does the contract leave alone what real publishers sent? */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCatalog } from '../../../datasets/catalog.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { deliveryInterval } from '../../../domain/time/delivery-day.ts';
import { doubtsAbout } from '../../../kit/testing/recorded/doubts.ts';
import { JAO_RECORDINGS } from '../../support/recordings.ts';

const DAY = '2026-04-21';

/** The rows of one day, as a request for it alone brings them. */
function ofDay(dataset: PulledPoints, file: string): Buffer {
  const answer = JSON.parse(readFileSync(`${JAO_RECORDINGS}${file}`, 'utf8'));
  const { startMs, endMs } = deliveryInterval(dataset, DAY);
  const isWithin = (ms: number) => ms >= startMs && ms < endMs;
  const data = answer.data.filter(({ dateTimeUtc }: { dateTimeUtc: string }) =>
    isWithin(Date.parse(dateTimeUtc)),
  );
  return Buffer.from(JSON.stringify({ ...answer, data }));
}

test.each([
  ['jao-core.max-exchanges', 'core_maxExchanges_20260420_2d.raw.json', undefined],
  ['jao-core.atc', 'core_atc_20260420_2d.json', 'it was recorded before further borders came'],
  ['jao-nordic.max-exchanges', 'nordic_maxExchanges_20260420_2d.raw.json', undefined],
])('%s', async (id, file, incomplete) => {
  const dataset = (await loadCatalog([])).find(id) as PulledPoints;
  const recorded = { unit: DAY, content: ofDay(dataset, file), about: {}, ...(incomplete && { incomplete }) };
  expect(await doubtsAbout(dataset, recorded)).toEqual([]);
});
