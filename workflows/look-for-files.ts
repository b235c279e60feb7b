/**
 * `lookForFiles`: one tick of the schedule `files:<dataset>`: lists new and changed files and loads them one after the other, each by its
 * own `loadFile`. The outcome of a load is recorded before the next begins. Bounded: at most 50 loads per poll.
 */
import { setCurrentDetails, startChild, upsertSearchAttributes } from '@temporalio/workflow';
import {
  describeLook,
  type FilesOutcome,
  type LookForFilesInput,
  type NoteFoundFileInput,
  type ReadyFile,
} from '../domain/files/found-files.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readLookForFilesInput } from '../domain/workflow/input.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import { isAlreadyStarted, orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import type { loadFile } from './load-file.ts';
import { files, storage } from './proxies.ts';

export async function lookForFiles(input: LookForFilesInput): Promise<FilesOutcome> {
  const { dataset } = orFailWorkflow(() => readLookForFilesInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  const look = await orFailWith(
    files.lookForFiles.executeWithOptions({ summary: 'which files are new or changed' }, [{ dataset }]),
  );
  let [loaded, failed] = [0, 0];
  for (const file of look.ready) {
    const outcome = await load(dataset, file);
    if (outcome === 'loaded') loaded += 1;
    if (outcome === 'failed') failed += 1;
    setCurrentDetails(describeLook(look, loaded, failed));
  }
  const summary = describeLook(look, loaded, failed);
  setCurrentDetails(summary);
  return { dataset, loaded, summary };
}

type Outcome = 'loaded' | 'failed' | 'left for the next look';

async function load(dataset: string, { location, signature, workflowId }: ReadyFile): Promise<Outcome> {
  const about = { dataset, location, signature, workflowId };
  let runId = '';
  try {
    const child = await startChild<typeof loadFile>('loadFile', {
      // Read again even if path and size are known: its signature has changed.
      args: [{ dataset, file: location, seen: signature, verify: true }],
      workflowId,
      typedSearchAttributes: searchAttributes({ dataset }),
      staticSummary: location,
      priority: { priorityKey: URGENCY.backfill, fairnessKey: dataset },
    });
    runId = child.firstExecutionRunId;
    const { stopped, summary } = await child.result();
    return await note({ ...about, runId, summary: summary, error: stopped });
  } catch (error) {
    // Another run is loading it: the next poll sees the outcome.
    if (isAlreadyStarted(error)) return 'left for the next look';
    const { code, message } = reasonOf(error);
    if (code === 'CANCELLED') throw error;
    const reason = `${code}: ${message}`;
    return await note({ ...about, runId, summary: reason, error: reason });
  }
}

/** A file that has changed while it was read is left for the next poll. */
async function note(input: NoteFoundFileInput): Promise<Outcome> {
  if (input.error?.startsWith('FILE_CHANGED')) return 'left for the next look';
  await orFailWith(storage.noteFoundFile.executeWithOptions({ summary: input.summary }, [input]));
  return input.error === null ? 'loaded' : 'failed';
}
