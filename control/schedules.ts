/** Schedules: one per dataset, `poll:<dataset>`, made from the catalogue and kept in step with it. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptionsAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { pollScheduleId, TASK_QUEUE } from '../domain/ids.ts';
import { searchAttributes } from '../domain/search-attributes.ts';
import type { pollDataset } from '../workflows/poll-dataset.ts';
import type { Temporal } from './connection.ts';

export interface ScheduleState {
  readonly id: string;
  readonly exists: boolean;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextAt: Date | null;
  readonly lastAt: Date | null;
}

/** Makes or updates a dataset's schedule. A schedule that a person paused stays paused. */
export async function ensureSchedule(
  { client }: Temporal,
  dataset: DatasetDefinition,
): Promise<'made' | 'updated'> {
  const scheduleId = pollScheduleId(dataset.id);
  const definition = { spec: spec(dataset), policies: policies(dataset), action: action(dataset) };
  const update = async () => {
    await client.schedule
      .getHandle(scheduleId)
      .update((previous) => ({ ...definition, state: previous.state }));
    return 'updated' as const;
  };
  try {
    return await update();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  try {
    const memo = { dataset: dataset.id };
    await client.schedule.create({ scheduleId, memo, ...definition, state: { triggerImmediately: true } });
    return 'made';
  } catch (error) {
    // Another process that migrates has made it this moment.
    if (error instanceof ScheduleAlreadyRunning) return await update();
    throw error;
  }
}

/** What Temporal says of a dataset's schedule. */
export async function describeSchedule({ client }: Temporal, dataset: string): Promise<ScheduleState> {
  const id = pollScheduleId(dataset);
  try {
    const { state, info } = await client.schedule.getHandle(id).describe();
    return {
      id,
      exists: true,
      paused: state.paused,
      note: state.note ?? null,
      nextAt: info.nextActionTimes[0] ?? null,
      lastAt: info.recentActions.at(-1)?.takenAt ?? null,
    };
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return { id, exists: false, paused: false, note: null, nextAt: null, lastAt: null };
  }
}

function spec({ polling }: DatasetDefinition) {
  return { intervals: [{ every: `${polling.tickMinutes} minutes` as const }] };
}

function policies({ polling }: DatasetDefinition) {
  // After an outage one tick is enough: it finds everything that has become due.
  return { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: `${polling.tickMinutes} minutes` as const };
}

function action(dataset: DatasetDefinition): ScheduleOptionsAction {
  return {
    type: 'startWorkflow',
    workflowType: 'pollDataset' satisfies (typeof pollDataset)['name'],
    workflowId: pollScheduleId(dataset.id),
    taskQueue: TASK_QUEUE,
    args: [{ dataset: dataset.id }],
    typedSearchAttributes: searchAttributes({ dataset: dataset.id }),
    staticSummary: `what is due in ${dataset.title}`,
  };
}
