/** Checks of "tidemark doctor": schedules, payloads, files and catalogues. */

import { readdir } from 'node:fs/promises';
import { enabledIds } from '../db/queries/catalog/enabling.ts';
import { failedFiles } from '../db/queries/files/found-files.ts';
import { knownTexts } from '../db/queries/files/kept-texts.ts';
import { type NotedProcess, runningProcesses } from '../db/queries/operation/processes.ts';
import { type UnfoldedDay, unfoldedDays } from '../db/queries/payloads/payloads.ts';
import { nameWithVersion, type ScheduledDataset, tickMinutes } from '../domain/dataset/dataset.ts';
import { dayWorkflowId, pollScheduleId } from '../domain/workflow/ids.ts';
import { describePause } from '../domain/workflow/pause-note.ts';
import { isRunning } from '../temporal/backfills.ts';
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
  const others = await leftOvers(temporal, datasets);
  // One that a person paused outlasts that its dataset is dormant.
  const wrong = others.filter(({ scheduleId, paused }) => !(paused && dormant.has(scheduleId)));
  const tooMany = wrong.map(({ scheduleId }) =>
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

const MOST_DAYS = 20;
const NAMED_DAYS = 5;

/** @throws Error when a payload is stored and not folded, and no run of its day is about to fold it. */
export async function checkPayloads(context: CliContext): Promise<string> {
  const look = () => unfoldedDays(context.database(), { dataset: null, before: null, limit: MOST_DAYS });
  const waiting = await withoutRun(context, await look());
  // A run that ended just now has folded its payload.
  const left = waiting.length === 0 ? [] : (await look()).map(nameOf);
  const unfolded = waiting.filter((day) => left.includes(nameOf(day)));
  const [first] = unfolded;
  if (!first) return 'all that came is folded';
  const named = unfolded.slice(0, NAMED_DAYS).map((day) => `${nameOf(day)} since ${instant(day.since)}`);
  const more = unfolded.length > NAMED_DAYS ? ' and others' : '';
  throw new Error(
    `stored and not folded: ${named.join(', ')}${more}; the next poll of the dataset or run of the day folds it, ` +
      `or "tidemark rebuild ${first.dataset} --day ${first.day}"`,
  );
}

async function withoutRun(context: CliContext, days: readonly UnfoldedDay[]): Promise<UnfoldedDay[]> {
  const found: UnfoldedDay[] = [];
  for (const day of days) {
    const temporal = await context.temporal();
    if (!(await isRunning(temporal, dayWorkflowId(day.dataset, day.day)))) found.push(day);
  }
  return found;
}

const nameOf = ({ dataset, day }: UnfoldedDay) => `${dataset} ${day}`;

const SHOWN = 3;

/** @throws Error when a found file cannot be loaded, or a text that rebuilds need is missing. */
export async function checkFiles(context: CliContext): Promise<string> {
  await assertFoundLoaded(context);
  const { filesFolder: folder } = context.config;
  const known = await knownTexts(context.database(), folder);
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return `nothing is kept in ${folder} on this machine`;
  const there = new Set(names.map((name) => `${folder}/${name}`));
  const gone = known.filter(({ path, isNeeded }) => isNeeded && !there.has(path)).map(({ path }) => path);
  if (gone.length > 0)
    throw new Error(`${list(gone)} gone: days of it cannot be folded again; put it back from the backup`);
  const paths = new Set(known.map(({ path }) => path));
  const strange = [...there].filter((path) => !paths.has(path));
  const hint = 'remove it unless another database keeps its files there';
  const stray = strange.length > 0 ? `; no load of this database knows ${list(strange)}: ${hint}` : '';
  return `${known.length} texts kept in ${folder}${stray}`;
}

async function assertFoundLoaded(context: CliContext): Promise<void> {
  const failed = await failedFiles(context.database());
  const [first] = failed;
  if (!first) return;
  const others = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
  const hint = 'mend the file, or load it by hand with what it lacks: tidemark load';
  throw new Error(
    `${first.location} of ${first.dataset}${others} could not be loaded (${first.error}): ${hint}`,
  );
}

function list(paths: readonly string[]): string {
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '';
  return `${paths.slice(0, SHOWN).join(', ')}${more}`;
}

/** @throws Error that names each process whose catalogue differs from that of the command, with the hint */
export async function assertOneCatalogue(context: CliContext): Promise<void> {
  const ours = context.catalog.all.map(nameWithVersion);
  const faults = (await runningProcesses(context.database())).flatMap((process) => faultsOf(process, ours));
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function faultsOf({ kind, host, pid, datasets: theirs }: NotedProcess, ours: readonly string[]): string[] {
  const who = `${kind} ${pid} on ${host}`;
  const [theirIds, ourIds] = [theirs.map(idOf), ours.map(idOf)];
  const unknown = ourIds.filter((id) => !theirIds.includes(id));
  const more = theirIds.filter((id) => !ourIds.includes(id));
  const others = theirs.filter((name) => ourIds.includes(idOf(name)) && !ours.includes(name)).map(idOf);
  return [
    ...(unknown.length > 0
      ? [
          `${who} does not know ${unknown.join(', ')}; set TIDEMARK_DATASETS there as here, and start it again`,
        ]
      : []),
    ...(more.length > 0
      ? [`${who} knows ${more.join(', ')}, which this command does not; set TIDEMARK_DATASETS here as there`]
      : []),
    ...(others.length > 0
      ? [`${who} has another decoder of ${others.join(', ')}; start it again with the files that are here`]
      : []),
  ];
}

function idOf(name: string): string {
  return name.replace(/@\d+$/, '');
}
