/** Which ranges of delivery days can be asked for at all. */
import { type CivilDay, daysFrom } from './civil-day.ts';
import type { DatasetDefinition } from './dataset.ts';
import { Failure } from './failures.ts';
import { pollingRange } from './polling.ts';

/** @throws Failure OUT_OF_RANGE that names each wrong end and the cure. */
export function assertBackfillRange(
  dataset: DatasetDefinition,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
  nowMs: number,
): void {
  const { id, firstDay } = dataset;
  const last = pollingRange(dataset, nowMs).to;
  const faults = [
    daysFrom(firstDay, from) < 0
      ? `"from" is ${from}, but ${id} begins on ${firstDay}; choose ${firstDay} or later`
      : '',
    daysFrom(last, to) > 0
      ? `"to" is ${to}, but nothing is published beyond ${last} yet; choose ${last} or earlier`
      : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Failure('OUT_OF_RANGE', `backfill: ${faults.join('; ')}`);
}
