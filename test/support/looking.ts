/** Looks for files by a real worker process, which a test may kill. */
import { join } from 'node:path';
import type { FilesOutcome } from '../../domain/files/found-files.ts';
import { TASK_QUEUE } from '../../domain/workflow/ids.ts';
import { WorkerProcess } from '../chaos/worker-process.ts';
import { programOf } from './program.ts';
import type { TestEnvironment } from './test-environment.ts';

/** @param folder of its log and of the texts that it keeps. */
export function startLookingWorker(
  { databaseUrl, temporalAddress, simulator }: TestEnvironment,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<WorkerProcess> {
  return WorkerProcess.start({
    ...{ databaseUrl, temporalAddress, sourceUrl: simulator.url, logFile: join(folder, 'worker.log') },
    program: programOf('test/support/impatient-worker'),
    settings: { ...settings, TIDEMARK_FILES: join(folder, 'texts') },
  });
}

let looks = 0;

/** One look, as the schedule of the dataset does it, with the loads that follow. */
export async function lookForFiles({ temporal }: TestEnvironment, dataset: string): Promise<FilesOutcome> {
  looks += 1;
  const options = { taskQueue: TASK_QUEUE, workflowId: `test look ${looks}`, args: [{ dataset }] };
  return await temporal.client.workflow.execute('lookForFiles', options);
}
