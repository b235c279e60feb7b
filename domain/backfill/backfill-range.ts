/** Which ranges of delivery days can be requested. */

import type { PulledPoints } from '../dataset/points.ts';
import { pollingRange } from '../days/polling.ts';
import { type CivilDay, daysFrom } from '../time/civil-day.ts';
import { Failure } from '../workflow/failures.ts';

export interface RangeFault {
  readonly field: 'from' | 'to';
  readonly value: CivilDay;
  readonly summary: string;
  readonly hint: string;
}

/** Each end of the range that cannot be requested. */
export function backfillRangeFaults(
  dataset: PulledPoints,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
  nowMs: number,
): RangeFault[] {
  const { id, firstDay } = dataset;
  const last = pollingRange(dataset, nowMs).to;
  const fault = (field: 'from' | 'to', value: CivilDay, why: string, hint: string) => [
    { field, value, summary: `"${field}" is ${value}, but ${why}; ${hint}`, hint },
  ];
  return [
    ...(daysFrom(firstDay, from) < 0
      ? fault('from', from, `${id} begins on ${firstDay}`, `choose ${firstDay} or later`)
      : []),
    ...(daysFrom(last, to) > 0
      ? fault('to', to, `nothing is published beyond ${last} yet`, `choose ${last} or earlier`)
      : []),
  ];
}

/** @throws Failure OUT_OF_RANGE that names each wrong end and the hint. */
export function assertBackfillRange(
  dataset: PulledPoints,
  range: { readonly from: CivilDay; readonly to: CivilDay },
  nowMs: number,
): void {
  const faults = backfillRangeFaults(dataset, range, nowMs).map(({ summary }) => summary);
  if (faults.length > 0) throw new Failure('OUT_OF_RANGE', `backfill: ${faults.join('; ')}`);
}
