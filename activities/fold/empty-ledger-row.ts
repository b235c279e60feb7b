/** The ledger row of a day of which only the expected points are known. */
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { type Dataset, isDerived, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { expectedPoints } from '../../domain/time/delivery-day.ts';

export function emptyLedgerRow(dataset: Dataset, day: CivilDay): LedgerRow {
  return {
    dataset: dataset.id,
    day,
    state: 'scheduled',
    // Expected points of a file's day are known once a file has it, and of parts once they were requested; for records it is what there is.
    expectedPoints:
      isDerived(dataset) || (isPulledPoints(dataset) && !dataset.pull.parts)
        ? expectedPoints(dataset, day, 0)
        : 0,
    presentPoints: 0,
    quarantinedPoints: 0,
    revision: 0,
    firstPublishedAt: null,
    completedAt: null,
    lastChangedAt: null,
    lastCheckedAt: null,
    payloadId: null,
    workflowId: null,
    runId: null,
    error: null,
    dueAt: null,
    duePoints: null,
  };
}
