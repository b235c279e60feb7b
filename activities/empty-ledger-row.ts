/** The ledger's row of a day of which nothing is known. */

import type { LedgerRow } from '../db/queries/ledger.ts';
import type { CivilDay } from '../domain/civil-day.ts';

export function emptyLedgerRow(dataset: string, day: CivilDay): LedgerRow {
  return {
    dataset,
    day,
    state: 'scheduled',
    expectedPoints: 0,
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
  };
}
