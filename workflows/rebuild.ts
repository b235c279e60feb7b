/**
 * `rebuild`: folds every day of a range again from its stored payloads and decisions, oldest first, without a request to the source. With
 * `dryRun` it only counts the differences. After DAYS_PER_RUN days it continues as new.
 */
import {
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readRebuildInput } from '../domain/workflow/input.ts';
import type { RebuildInput, RebuildProgress } from '../domain/workflow/messages.ts';
import { orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import { inLanes } from './in-lanes.ts';
import { storage, upkeep } from './proxies.ts';
import { type CarriedRebuild, RebuildTracker } from './rebuild-progress.ts';
import { continueUpgraded } from './upgrade.ts';

const DAYS_PER_RUN = 1_000;
/** A rebuild only loads the database; live days must still get their turn there. */
const CONCURRENCY = 4;

/** Progress and differences so far. */
export const rebuildProgressQuery = defineQuery<RebuildProgress>('progress');

/** State passed from one run of a rebuild to the next. People who start one leave it out. */
interface Carried {
  readonly daysLeft: readonly CivilDay[];
  readonly progress: CarriedRebuild;
}

export async function rebuild(input: RebuildInput, carried?: Carried): Promise<RebuildProgress> {
  const request = orFailWorkflow(() => readRebuildInput(input));
  upsertSearchAttributes(searchAttributes({ dataset: request.dataset }));
  const tracker = new RebuildTracker(request, carried?.progress);
  setHandler(rebuildProgressQuery, () => tracker.progress(), {
    description: 'Progress and differences so far',
  });
  const days = carried?.daysLeft ?? (await daysToDo(request, tracker));

  await inLanes(days.slice(0, DAYS_PER_RUN), (day) => doDay(request, day, tracker), CONCURRENCY);
  const later = days.slice(DAYS_PER_RUN);
  if (later.length > 0)
    await continueUpgraded<typeof rebuild>(request, { daysLeft: later, progress: tracker.carry() });
  setCurrentDetails(tracker.describe());
  return tracker.progress();
}

async function daysToDo(request: RebuildInput, tracker: RebuildTracker): Promise<readonly CivilDay[]> {
  const summary = `${request.from}..${request.to}`;
  const days = await orFailWith(storage.planRebuild.executeWithOptions({ summary }, [request]));
  tracker.plan(days.length);
  return days;
}

async function doDay(
  { dataset, dryRun = false }: RebuildInput,
  day: CivilDay,
  tracker: RebuildTracker,
): Promise<void> {
  tracker.begin(day);
  setCurrentDetails(tracker.describe());
  try {
    const summary = dryRun ? `${day}, dry run` : day;
    tracker.end(await upkeep.rebuildDay.executeWithOptions({ summary }, [{ dataset, day, dryRun }]));
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = reasonOf(error);
    tracker.fail(day, `${code}: ${message}`);
  }
}
