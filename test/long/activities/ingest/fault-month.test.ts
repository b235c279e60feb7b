/** Tables under every fault of the simulator: is there ever a value that nobody published, and is all there once faults are gone? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import type { PulledRecords } from '../../../../domain/dataset/records.ts';
import { bundled } from '../../../support/bundled.ts';
import { type FaultMonth, openFaultMonth } from '../../../support/fault-month.ts';

const validationReductions = bundled<PulledRecords>('jao-core.validation-reductions');
const allocationConstraints = bundled<PulledPoints>('jao-core.allocation-constraints');

/** Points and records, of few values. All others: test/drills/fault-month.test.ts. */
const DATASETS = [allocationConstraints, validationReductions];

let month: FaultMonth;
beforeAll(async () => {
  month = await openFaultMonth(DATASETS, new Map());
});
afterAll(() => month.close());

test.each(DATASETS.map(({ id }) => id))(
  '%s has nothing that was not published, and all of it in the end',
  async (id) => {
    expect(await month.underFaults(id)).toEqual([]);
    expect(await month.withoutFaults(id)).toEqual([]);
  },
);
