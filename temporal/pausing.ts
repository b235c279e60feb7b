/** Pausing and resuming the polling of a dataset by a person, recorded in the note of its schedule. */
import type { ScheduleDescription } from '@temporalio/client';
import { pollScheduleId } from '../domain/workflow/ids.ts';
import { type PauseVerb, writePauseNote } from '../domain/workflow/pause-note.ts';
import { CannotDo } from './cannot-do.ts';
import type { Temporal } from './connection.ts';
import { findSchedule, isOurs, resumeAndPoll } from './schedules.ts';

export interface PauseRequest {
  readonly dataset: string;
  readonly verb: PauseVerb;
  readonly by: string;
  /** Empty where none was given. */
  readonly reason: string;
  readonly at: Date;
}

export interface Paused {
  readonly dataset: string;
  readonly schedule: string;
  readonly paused: boolean;
  /** False if it was in that state already; then the note is the existing one. */
  readonly changed: boolean;
  readonly note: string;
  /** Runs of days in progress. They go on: a pause starts no new ones. */
  readonly runsInProgress: number;
}

/**
 * Pauses or resumes a dataset's schedule; harmless when repeated. Resuming requests at once everything that has become
 * due, with one poll.
 * @throws CannotDo when the dataset has no schedule of ours.
 */
export async function setPaused(temporal: Temporal, request: PauseRequest): Promise<Paused> {
  const { dataset, verb } = request;
  const schedule = pollScheduleId(dataset);
  const { state } = await ourSchedule(temporal, schedule);
  const paused = verb === 'paused';
  const changed = state.paused !== paused;
  const note = changed ? writePauseNote(request) : (state.note ?? '');
  if (changed) await change(temporal, schedule, paused, note);
  return { dataset, schedule, paused, changed, note, runsInProgress: await runsOf(temporal, dataset) };
}

async function change(temporal: Temporal, id: string, paused: boolean, note: string): Promise<void> {
  if (paused) await temporal.client.schedule.getHandle(id).pause(note);
  else await resumeAndPoll(temporal, id, note);
}

async function ourSchedule(temporal: Temporal, id: string): Promise<ScheduleDescription> {
  const found = await findSchedule(temporal, id);
  if (!found) throw new CannotDo(`there is no schedule ${id}; run "npm run migrate"`);
  if (!isOurs(found))
    throw new CannotDo(`the schedule ${id} was not made by Tidemark and is left alone; rename or delete it`);
  return found;
}

async function runsOf({ client }: Temporal, dataset: string): Promise<number> {
  const query = `WorkflowType = 'ingestDay' AND Dataset = '${dataset}' AND ExecutionStatus = 'Running'`;
  return (await client.workflow.count(query)).count;
}

/** The summary for people. */
export function describePausing(verb: PauseVerb, { dataset, changed, note, runsInProgress }: Paused): string {
  if (!changed && verb === 'paused')
    return `${dataset} is paused already (${note || 'no reason given'}); nothing was changed`;
  if (!changed) return `${dataset} is not paused; nothing was changed`;
  if (verb === 'resumed') return `${dataset} is ${note}; one poll requests everything that has become due`;
  return `${dataset} is ${note}; no new runs are started by polling, ${inProgress(runsInProgress)}`;
}

/** Days that wait for publication are runs in progress too. */
function inProgress(runs: number): string {
  if (runs === 0) return 'and none is in progress';
  return `${runs === 1 ? 'the run' : `the ${runs} runs`} in progress, days that wait for publication among them, ${runs === 1 ? 'goes' : 'go'} on`;
}
