/** Makes a worker from its parts. Processes and tests share it. */
import { type NativeConnection, type WorkerOptions as TemporalOptions, Worker } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { TASK_QUEUE } from '../domain/workflow/ids.ts';
import { TRACED, type WorkflowBundle, workflowBundle } from './bundle.ts';

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dependencies: Dependencies;
  /** The workflows. @default workflowBundle() */
  readonly bundle?: WorkflowBundle;
  /** Its Temporal deployment; the version of a worker is the build id of its bundle. @default no versions */
  readonly deployment?: string | undefined;
  /** Payload codecs, the same as those of clients. @default none */
  readonly dataConverter?: TemporalOptions['dataConverter'];
  /** Interceptors of a worker that traces (`tracing/temporal.ts`). */
  readonly tracing?: Pick<TemporalOptions, 'interceptors' | 'sinks'> | undefined;
  /** Workflows run in this thread, without one of their own: a worker that lives for seconds starts sooner. @default false */
  readonly debugMode?: boolean;
  /** How long steps in progress may take once the worker is stopped; after that it fails. @default 20,000 */
  readonly stopLimitMs?: number;
}

/** @throws Error when the namespace does not exist. */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const { connection, namespace, dependencies, dataConverter, deployment, tracing, stopLimitMs } = options;
  const bundle = options.bundle ?? (await workflowBundle(tracing ? TRACED : {}));
  let worker: Worker | undefined;
  const isStopping = () => worker !== undefined && worker.getState() !== 'RUNNING';
  worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle.codePath },
    ...(deployment === undefined ? {} : versioned(deployment, bundle)),
    ...(dataConverter ? { dataConverter } : {}),
    ...(options.debugMode ? { debugMode: true } : {}),
    ...tracing,
    activities: createActivities({ ...dependencies, isStopping }),
    // Activities are waiting for the source or the database most of the time.
    // More than the days that backfills have in progress, so that live polling finds a free slot.
    maxConcurrentActivityTaskExecutions: 300,
    // Half of the timeout. By default the SDK sends one heartbeat per 80 % of it, so a delay of three seconds would lose the attempt.
    maxHeartbeatThrottleInterval: '7s',
    shutdownGraceTime: '10s',
    shutdownForceTime: stopLimitMs ?? '20s',
  });
  return worker;
}

/** Runs stay with the version that began them; long ones continue with the current one (`workflows/upgrade.ts`). */
function versioned(
  deploymentName: string,
  { buildId }: WorkflowBundle,
): Pick<TemporalOptions, 'workerDeploymentOptions'> {
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
