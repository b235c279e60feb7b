/** The check of schedules in `tidemark doctor`: drift from the catalogue, failing polls, who paused what. */

import { enabledIds } from '../db/queries/catalog/enabling.ts';
import { type ScheduledDataset, tickMinutes } from '../domain/dataset/dataset.ts';
import { pollScheduleId } from '../domain/workflow/ids.ts';
import { describePause } from '../domain/workflow/pause-note.ts';
import { type Poll, type ScheduleHealth, scheduleHealth } from '../temporal/schedule-health.ts';
import { leftOvers } from '../temporal/schedules.ts';
import type { CliContext } from './context.ts';
import { instant } from './table.ts';

/**
 * One sentence about all schedules. A pause is deliberate: it is reported, but is not a fault.
 * @throws Error that names every fault with its hint.
 */
export async function checkSchedules(context: CliContext): Promise<string> {
  const temporal = await context.temporal();
  const { scheduled } = context.catalog;
  const enabled = await enabledIds(context.database());
  const datasets = scheduled.filter(({ id }) => enabled.has(id));
  const dormant = new Set(scheduled.filter(({ id }) => !enabled.has(id)).map(({ id }) => pollScheduleId(id)));
  const checked = await Promise.all(
    datasets.map(async (dataset) =>
      describeHealth(dataset, await scheduleHealth(temporal, dataset, Date.now())),
    ),
  );
  const tooMany = (await leftOvers(temporal, datasets)).map(({ scheduleId }) =>
    dormant.has(scheduleId)
      ? `${scheduleId} polls a dataset that is dormant; run "npm run migrate"`
      : `${scheduleId} polls a dataset that is unknown here; set TIDEMARK_DATASETS as where it was made, or, if the dataset is gone, ` +
        'delete the schedule in Temporal',
  );
  const faults = [...checked.flatMap((schedule) => schedule.faults), ...tooMany];
  const notes = checked.flatMap(({ note }) => note ?? []);
  if (faults.length > 0) throw new Error([...faults, ...notes].join('; '));
  return notes.join(', ');
}

interface Checked {
  readonly faults: readonly string[];
  /** Further facts; null where there is no schedule. */
  readonly note: string | null;
}

/** The faults of a dataset's schedule, each with its hint, and further facts. */
export function describeHealth(dataset: ScheduledDataset, health: ScheduleHealth): Checked {
  const { id, exists, ours, differences, wellAt, stalled, lastPoll } = health;
  if (!exists) return { faults: [`${id} missing; run "npm run migrate"`], note: null };
  if (!ours)
    return {
      faults: [`${id} was not made by Tidemark; rename or delete it, then run "npm run migrate"`],
      note: null,
    };
  const drift = differences.map(({ field, is, shouldBe }) => `${field} is ${is} and should be ${shouldBe}`);
  const faults = drift.length > 0 ? [`${id}: ${drift.join(', ')}; run "npm run migrate"`] : [];
  if (stalled)
    faults.push(
      `${id} has not polled well since ${instant(wellAt)}, though it should every ${tickMinutes(dataset)} minutes; ${whyStalled(lastPoll)}`,
    );
  return { faults, note: noteOf(health) };
}

function noteOf({ id, paused, note, missedTicks, lastPoll }: ScheduleHealth): string {
  const facts = [
    paused ? describePause(note) : '',
    lastPoll?.status === 'COMPLETED' ? `last poll ${instant(lastPoll.endedAt)}` : '',
    missedTicks > 0 ? `${missedTicks} ticks missed so far while Temporal was away` : '',
  ].filter((fact) => fact !== '');
  return facts.length > 0 ? `${id} (${facts.join('; ')})` : id;
}

function whyStalled(poll: Poll | null): string {
  if (!poll) return 'the Temporal server has not started any poll; look at its log';
  const { workflowId, status } = poll;
  if (status === 'RUNNING') return `${workflowId} is still running; is a worker at work ("npm run worker")?`;
  if (status === 'COMPLETED') return 'the Temporal server has started none since; look at its log';
  return `${workflowId} ended as ${status.toLowerCase()}; look at it in the Web UI`;
}
