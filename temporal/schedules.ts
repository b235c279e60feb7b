/**
 * Schedules: one per enabled dataset, `poll:<dataset>`, created and updated from the catalogue. Ours have the dataset in their memo;
 * other schedules are never touched. One of ours whose dataset is unknown here is left alone too: another process may know
 * more datasets (TIDEMARK_DATASETS).
 */
import { randomUUID } from 'node:crypto';
import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import type { ScheduledDataset } from '../domain/dataset/dataset.ts';
import { pollScheduleId } from '../domain/workflow/ids.ts';
import { describePause } from '../domain/workflow/pause-note.ts';
import { concurrently } from './concurrently.ts';
import type { Temporal } from './connection.ts';
import { type Difference, definitionOf, differencesOf } from './schedule-definition.ts';
import { isSdkError } from './sdk-error.ts';

export interface Reconciled {
  readonly id: string;
  /**
   * `removed`: its dataset is dormant · `not ours`: created by something else under this id · `unknown dataset`: not in this catalogue. The
   * latter two were left alone.
   */
  readonly outcome: 'made' | 'updated' | 'removed' | 'unknown dataset' | 'as it should be' | 'not ours';
  /** What an update changed. */
  readonly differences: readonly Difference[];
  /** The note of a schedule that a person paused; it stays paused. */
  readonly paused: string | null;
}

/** What Temporal says of a dataset's schedule. */
export interface ScheduleState {
  readonly id: string;
  readonly exists: boolean;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextAt: Date | null;
  readonly lastAt: Date | null;
}

/** `poll:x: updated (interval is 5 minutes, was 7 minutes); paused by anna on …: moving house`. */
export function describeReconciled({ id, outcome, differences, paused }: Reconciled): string {
  const changes = differences.map(({ field, is, shouldBe }) => `${field} is ${shouldBe}, was ${is}`);
  const what = changes.length > 0 ? `${outcome} (${changes.join('; ')})` : outcome;
  return `${id}: ${what}${WHY[outcome] ?? ''}${paused === null ? '' : `; ${describePause(paused)}`}`;
}

const WHY: Readonly<Partial<Record<Reconciled['outcome'], string>>> = {
  removed: ': its dataset is dormant',
  'unknown dataset':
    ': left alone; set TIDEMARK_DATASETS here as where it was made, or, if the dataset is gone, delete the schedule in Temporal',
  'not ours': ': it was not made by Tidemark and is left alone; rename or delete it, then migrate again',
};

/** How many schedules are looked at and made at a time: one after the other, thirty take seconds on a busy server. */
const LANES = 8;

/** How the schedule of a dataset that has none yet begins. */
export type Beginning = 'polls at once' | { readonly pausedFor: string };

/**
 * Brings Temporal's schedules to what the catalogue says. Harmless when repeated; several may do it at once.
 * @param datasets those that are enabled
 * @param dormant ids of those that are not: a schedule of one is removed, unless a person paused it
 * @param beginning of a schedule that is made
 */
export async function reconcileSchedules(
  temporal: Temporal,
  datasets: readonly ScheduledDataset[],
  dormant: readonly string[] = [],
  beginning: (dataset: ScheduledDataset) => Beginning = () => 'polls at once',
): Promise<Reconciled[]> {
  const reconciled = await concurrently(datasets, LANES, (dataset) =>
    reconcileSchedule(temporal, dataset, beginning(dataset)),
  );
  const unwanted = new Set(dormant.map(pollScheduleId));
  for (const { scheduleId: id } of await leftOvers(temporal, datasets)) {
    if (unwanted.has(id) && !(await removeSchedule(temporal, id))) continue;
    reconciled.push({ ...AS_IT_WAS, id, outcome: unwanted.has(id) ? 'removed' : 'unknown dataset' });
  }
  return reconciled;
}

/**
 * Removes the schedule of a dataset that is dormant; harmless when it is gone already. One that is paused polls nothing and stays, so that
 * whoever paused it finds it paused when the dataset is enabled again.
 * @returns whether there is none now
 */
export async function removeSchedule(temporal: Temporal, id: string): Promise<boolean> {
  const found = await findSchedule(temporal, id);
  if (found?.state.paused) return false;
  try {
    if (found) await temporal.client.schedule.getHandle(id).delete();
  } catch (error) {
    if (!isSdkError(error, 'ScheduleNotFoundError')) throw error;
  }
  return true;
}

/** Makes or updates a dataset's schedule. A schedule that a person paused stays paused. */
export async function reconcileSchedule(
  temporal: Temporal,
  dataset: ScheduledDataset,
  beginning: Beginning = 'polls at once',
): Promise<Reconciled> {
  const id = pollScheduleId(dataset.id);
  const found = await findSchedule(temporal, id);
  if (found) return await bringInLine(temporal, dataset, found);
  const note = typeof beginning === 'object' ? beginning.pausedFor : null;
  try {
    const memo = { dataset: dataset.id };
    const handle = await temporal.client.schedule.create({
      scheduleId: id,
      memo,
      ...definitionOf(dataset),
      ...(note === null ? {} : { state: { paused: true, note } }),
    });
    if (beginning === 'polls at once') await pollNow(handle);
    return { ...AS_IT_WAS, id, outcome: 'made', paused: note };
  } catch (error) {
    // Another migrating process has just created it.
    if (isSdkError(error, 'ScheduleAlreadyRunning')) return { ...AS_IT_WAS, id };
    throw error;
  }
}

async function bringInLine(
  { client }: Temporal,
  dataset: ScheduledDataset,
  found: ScheduleDescription,
): Promise<Reconciled> {
  const { scheduleId: id, state } = found;
  if (!isOurs(found)) return { ...AS_IT_WAS, id, outcome: 'not ours' };
  const differences = differencesOf(dataset, found);
  const paused = state.paused ? (state.note ?? '') : null;
  if (differences.length === 0) return { ...AS_IT_WAS, id, paused };
  await client.schedule.getHandle(id).update(({ state: { paused = false, note } }) => ({
    ...definitionOf(dataset),
    state: { paused, ...(note ? { note } : {}) },
  }));
  return { id, outcome: 'updated', differences, paused };
}

/**
 * Resumes a schedule, with one poll at once: Temporal does not catch up on ticks missed during a pause, and one poll finds everything. In
 * one message: of two that a schedule takes up together, it obeys the last.
 */
export async function resumeAndPoll(
  { client, namespace }: Temporal,
  scheduleId: string,
  note: string,
): Promise<void> {
  await client.workflowService.patchSchedule({
    ...{ namespace, scheduleId, identity: client.options.identity, requestId: randomUUID() },
    patch: { unpause: note, triggerImmediately: { overlapPolicy: SKIP } },
  });
}

/** One poll at once. By the client's default it could overlap with a running one. */
export async function pollNow(handle: ScheduleHandle): Promise<void> {
  await handle.trigger('SKIP');
}

/** `SCHEDULE_OVERLAP_POLICY_SKIP` of Temporal's API: its package is not loaded for a number. */
const SKIP = 1;

const AS_IT_WAS = { outcome: 'as it should be', differences: [], paused: null } as const;

/** Schedules of ours for other datasets than these. */
export async function leftOvers(
  { client }: Temporal,
  datasets: readonly ScheduledDataset[],
): Promise<{ readonly scheduleId: string; readonly paused: boolean }[]> {
  const wanted = new Set(datasets.map(({ id }) => pollScheduleId(id)));
  const found: { scheduleId: string; paused: boolean }[] = [];
  for await (const listed of client.schedule.list())
    if (isOurs(listed) && !wanted.has(listed.scheduleId))
      found.push({ scheduleId: listed.scheduleId, paused: listed.state.paused });
  return found;
}

/** Ours say in their memo which dataset they poll, and are named after it. */
export function isOurs({ scheduleId, memo }: Pick<ScheduleDescription, 'scheduleId' | 'memo'>): boolean {
  return typeof memo?.dataset === 'string' && scheduleId === pollScheduleId(memo.dataset);
}

/** A schedule as Temporal describes it; undefined when there is none. */
export async function findSchedule(
  { client }: Temporal,
  id: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (isSdkError(error, 'ScheduleNotFoundError')) return undefined;
    throw error;
  }
}

export async function describeSchedule(temporal: Temporal, dataset: string): Promise<ScheduleState> {
  const id = pollScheduleId(dataset);
  const found = await findSchedule(temporal, id);
  if (!found) return { id, exists: false, paused: false, note: null, nextAt: null, lastAt: null };
  return stateOf(found);
}

export function stateOf({ scheduleId, state, info }: ScheduleDescription): ScheduleState {
  return {
    id: scheduleId,
    exists: true,
    paused: state.paused,
    note: state.note || null,
    nextAt: state.paused ? null : (info.nextActionTimes[0] ?? null),
    lastAt: info.recentActions.at(-1)?.takenAt ?? null,
  };
}
