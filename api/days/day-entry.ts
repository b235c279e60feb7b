/** A delivery day in answers: the ledger's row, or what is known of a day without one. */
import { z } from 'zod';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import {
  type Dataset,
  isDerived,
  isOfRecords,
  isPulledPoints,
  isPulledRecords,
} from '../../domain/dataset/dataset.ts';
import { DAY_STATES } from '../../domain/days/ledger.ts';
import { describeState } from '../../domain/days/outcome.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { isOpen } from '../../domain/time/delivery-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { stamp } from '../schemas.ts';

export const dayEntrySchema = z
  .object({
    day: z.string().meta({ format: 'date' }),
    state: z.enum(DAY_STATES).nullable().describe('null: the ledger has no row, not requested yet'),
    due: z.enum(['not due', 'due']).describe('due: the source may have it already'),
    summary: z.string(),
    expected_points: z.int(),
    present_points: z.int().describe('points that have a value'),
    quarantined_points: z.int(),
    revision: z.int().describe('payloads that changed values after the first publication'),
    first_published_at: stamp
      .nullable()
      .describe('when a response with data was first fetched; its source may have published it before'),
    completed_at: stamp.nullable(),
    last_changed_at: stamp.nullable(),
    last_checked_at: stamp.nullable(),
    payload_id: z.int().nullable(),
    error: z.string().nullable().describe('why the last attempt failed; null if it did not'),
    link: z.string().nullable().describe('the latest run that requested it, in the Temporal Web UI'),
    due_at: stamp
      .nullable()
      .describe(
        'of a day in progress: when it is partial if points are still missing; null of others, and where the files loaded cover only a part of it',
      ),
    due_points: z
      .int()
      .nullable()
      .describe('of a day in progress: how many points were due when it was last looked at; null of others'),
    dropped_at: stamp.nullable().describe('when retention dropped its values; null while they are there'),
  })
  .meta({ id: 'Day' });

export type DayEntry = z.output<typeof dayEntrySchema>;

export function dayEntry(
  { workflowLink, now }: ApiDependencies,
  dataset: Dataset,
  day: CivilDay,
  row: LedgerRow | undefined,
): DayEntry {
  const due = day >= dataset.firstDay && isOpen(dataset, day, now().getTime()) ? 'due' : 'not due';
  if (!row) return { ...NOTHING, day, due, summary: withoutRow(dataset, day, due) };
  return {
    ...{ day, due, state: row.state, summary: summaryOf(row), error: row.error },
    expected_points: row.expectedPoints,
    present_points: row.presentPoints,
    quarantined_points: row.quarantinedPoints,
    revision: row.revision,
    first_published_at: row.firstPublishedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
    last_changed_at: row.lastChangedAt?.toISOString() ?? null,
    last_checked_at: row.lastCheckedAt?.toISOString() ?? null,
    payload_id: row.payloadId,
    link: row.workflowId === null ? null : workflowLink(row.workflowId, row.runId ?? undefined),
    due_at: row.dueAt?.toISOString() ?? null,
    due_points: row.duePoints,
    dropped_at: row.droppedAt?.toISOString() ?? null,
  };
}

function summaryOf(row: LedgerRow): string {
  const dropped = row.droppedAt ? '; its values were dropped, older than the dataset keeps' : '';
  return `${describeState(row)}${dropped}`;
}

function withoutRow(dataset: Dataset, day: CivilDay, due: DayEntry['due']): string {
  const { id, firstDay } = dataset;
  if (day < firstDay) return `${day} is before ${firstDay}, the first day of ${id}`;
  if (due === 'not due') return `${day} is not due yet`;
  if (isPulledRecords(dataset)) return `${day} was never requested; tidemark refresh ${id} requests it`;
  if (isOfRecords(dataset)) return `nothing was sent for ${day}`;
  if (isDerived(dataset)) return `no input of ${day} is there yet; it is computed when one comes`;
  if (!isPulledPoints(dataset))
    return `${day} is in no file that was loaded; tidemark load ${id} FILE brings it`;
  return `${day} was never requested; a backfill loads it`;
}

const NOTHING: Omit<DayEntry, 'day' | 'due' | 'summary'> = {
  state: null,
  expected_points: 0,
  present_points: 0,
  quarantined_points: 0,
  revision: 0,
  first_published_at: null,
  completed_at: null,
  last_changed_at: null,
  last_checked_at: null,
  payload_id: null,
  error: null,
  link: null,
  due_at: null,
  due_points: null,
  dropped_at: null,
};
