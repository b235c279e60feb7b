/** Starting and following loads of files. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type LoadFileInput, type LoadProgress, readLoadFileInput } from '../domain/files/load.ts';
import { loadWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { loadFile } from '../workflows/load-file.ts';
import type { Temporal } from './connection.ts';

export interface StartedLoad {
  readonly workflowId: string;
  readonly runId: string;
  progress(): Promise<LoadProgress>;
  result(): Promise<LoadProgress>;
}

/**
 * Starts the load of a file, or joins the one of the same file that is running.
 * @throws Failure BAD_INPUT
 */
export async function startLoad({ client }: Temporal, input: LoadFileInput): Promise<StartedLoad> {
  const request = readLoadFileInput(input);
  const { dataset, file } = request;
  const digest = createHash('sha256').update(file).digest('hex').slice(0, 6);
  const workflowId = loadWorkflowId(dataset, nameOf(file), digest);
  const handle = await client.workflow.start<typeof loadFile>('loadFile', {
    args: [request],
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: searchAttributes({ dataset }),
    staticSummary: nameOf(file),
    priority: { priorityKey: URGENCY.backfill, fairnessKey: dataset },
  });
  return {
    workflowId,
    runId: handle.firstExecutionRunId,
    progress: () => client.workflow.getHandle(workflowId).query<LoadProgress>('progress'),
    result: () => handle.result(),
  };
}

/** Without the query of a URL, which may contain a secret. */
function nameOf(file: string): string {
  return basename(URL.canParse(file) ? new URL(file).pathname : file).slice(0, 100) || 'file';
}
