/** Drill: a month and more of every dataset whose publisher the simulator simulates, under each of its faults, value for value. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCatalog } from '../../datasets/catalog.ts';
import { isPulled } from '../../domain/dataset/dataset.ts';
import { type FaultMonth, openFaultMonth } from '../support/fault-month.ts';
import { TOKEN } from '../support/simulator/entsoe.ts';

const { all } = await loadCatalog();
/** Datasets whose source is simulated. */
const DATASETS = all.filter((dataset) => isPulled(dataset) && 'baseUrl' in dataset.source);

let month: FaultMonth;
beforeAll(async () => {
  const entsoe = { ENTSOE_TOKEN: TOKEN, ENTSOE_ZONES: 'DE_LU' };
  month = await openFaultMonth(DATASETS, new Map([['entsoe', entsoe]]));
});
afterAll(() => month.close());

test.each(DATASETS.map(({ id }) => id))(
  '%s has nothing that was not published, and all of it in the end',
  async (id) => {
    expect((await month.underFaults(id)).slice(0, 10)).toEqual([]);
    expect((await month.withoutFaults(id)).slice(0, 10)).toEqual([]);
  },
  600_000,
);
