/**
 * `loadFile`: loads a file of a dataset. It is registered and cut into ranges, of points into whole days; a few ranges are in progress at
 * once, those of records one after the other; each is written in one transaction. At most MOST_RANGES (activities/files/cut-ranges.ts) ranges: its history
 * stays below 10,000 events.
 */
import {
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import {
  DEFAULT_LOAD_CONCURRENCY,
  DEFAULT_MAX_REFUSED,
  type FileRange,
  type LoadFileInput,
  type LoadProgress,
  nameOfRange,
  type RegisteredFile,
  readLoadFileInput,
  refusedOf,
} from '../domain/files/load.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import { inLanes } from './in-lanes.ts';
import { LoadTracker } from './load-progress.ts';
import { files, storage } from './proxies.ts';

/** What was read, written and refused, and how fast. */
export const loadProgressQuery = defineQuery<LoadProgress>('progress');

export async function loadFile(input: LoadFileInput): Promise<LoadProgress> {
  const request = orFailWorkflow(() => readLoadFileInput(input));
  upsertSearchAttributes(searchAttributes({ dataset: request.dataset }));
  const tracker = new LoadTracker(request);
  setHandler(loadProgressQuery, () => tracker.progress(), {
    description: 'What is read, written and refused',
  });
  setCurrentDetails(tracker.describe());
  const file = await orFailWith(files.registerFile.executeWithOptions({ summary: request.file }, [request]));
  tracker.registered(file, Date.now());
  if (!file.result) await loadRanges(request, file, tracker);
  setCurrentDetails(tracker.describe());
  return tracker.progress();
}

async function loadRanges(request: LoadFileInput, file: RegisteredFile, tracker: LoadTracker): Promise<void> {
  const queue = [...file.ranges];
  const most = request.maxRefused ?? DEFAULT_MAX_REFUSED;
  const work = async (range: FileRange) => {
    const stopped = await loadRange(request, file.loadId, range, tracker, most);
    if (stopped === null) return;
    tracker.stop(stopped);
    queue.length = 0;
  };
  await inLanes(queue, work, file.inOrder ? 1 : (request.concurrency ?? DEFAULT_LOAD_CONCURRENCY));
  const { stopped } = tracker.progress();
  if (stopped === null) tracker.loaded();
  const { loadId } = file;
  const result = { ...tracker.result, summary: tracker.progress().summary };
  await orFailWith(
    storage.finishLoad.executeWithOptions({ summary: result.summary }, [{ loadId, result, stopped }]),
  );
}

/** @returns why the load has to stop; null when it continues. */
async function loadRange(
  { resolutionSeconds }: LoadFileInput,
  loadId: number,
  range: FileRange,
  tracker: LoadTracker,
  most: number,
): Promise<string | null> {
  tracker.begin(range, Date.now());
  setCurrentDetails(tracker.describe());
  const summary = nameOfRange(range);
  try {
    const maxRefused = Math.max(0, most - refusedOf(tracker.result));
    const input = { loadId, range, maxRefused, resolutionSeconds: resolutionSeconds ?? null };
    tracker.end(range, await files.loadRange.executeWithOptions({ summary }, [input]), Date.now());
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = reasonOf(error);
    return `${code}: ${message}`;
  }
  const refused = refusedOf(tracker.result);
  return refused > most ? `TOO_MANY_REFUSED: ${refused} lines were refused, ${most} are allowed` : null;
}
