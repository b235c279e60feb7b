/** Makes a worker from its parts. Processes and tests share it. */
import { type NativeConnection, type WorkerOptions as TemporalOptions, Worker } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { TASK_QUEUE } from '../domain/workflow/ids.ts';
import { TRACED, workflowBundle } from './bundle.ts';

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dependencies: Dependencies;
  /** The workflows. @default workflowBundle() */
  readonly bundle?: { readonly codePath: string };
  /** Interceptors of a worker that traces (`tracing/temporal.ts`). */
  readonly tracing?: Pick<TemporalOptions, 'interceptors' | 'sinks'> | undefined;
}

/** @throws Error when the namespace does not exist. */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const { connection, namespace, dependencies, tracing } = options;
  const bundle = options.bundle ?? (await workflowBundle(tracing ? TRACED : {}));
  let worker: Worker | undefined;
  const isStopping = () => worker !== undefined && worker.getState() !== 'RUNNING';
  worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: bundle,
    ...tracing,
    activities: createActivities({ ...dependencies, isStopping }),
    // Activities are waiting for the source or the database most of the time.
    // More than a backfill may have days in progress, so that live polling finds a free place.
    maxConcurrentActivityTaskExecutions: 300,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
  });
  return worker;
}
