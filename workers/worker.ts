/** Makes the workers of a process from their parts. Processes and tests share it. */
import { type NativeConnection, type WorkerOptions as TemporalOptions, Worker } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import type { Catalog } from '../datasets/catalog.ts';
import { BULK_QUEUE, RECEIVERS_QUEUE, sourceQueue, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { TRACED, type WorkflowBundle, workflowBundle } from './bundle.ts';
import { BULK_SLOTS, MAIN_SLOTS, RECEIVER_SLOTS, sourceSlots } from './slots.ts';

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
  /** Interceptors of a worker that traces (`config/tracing/temporal.ts`). */
  readonly tracing?: Pick<TemporalOptions, 'interceptors' | 'sinks'> | undefined;
  /** Workflows run in this thread, without one of their own: a worker that lives for seconds starts sooner. @default false */
  readonly debugMode?: boolean;
  /** How long steps in progress may take once the worker is stopped; after that it fails. @default 20,000 */
  readonly stopLimitMs?: number;
}

/** The workers of a process, one for each task queue; they begin and end together. */
export interface Workers {
  /** Until they were told to end, and what was in progress has ended. Rejects when one of them fails. */
  run(): Promise<void>;
  shutdown(): void;
  getState(): ReturnType<Worker['getState']>;
  /** Undefined without versions. */
  readonly version: string | undefined;
}

/** @throws Error when the namespace does not exist. */
export async function createWorker(options: WorkerOptions): Promise<Workers> {
  const { dependencies, dataConverter, deployment, tracing } = options;
  const bundle = options.bundle ?? (await workflowBundle(tracing ? TRACED : {}));
  const workers: Worker[] = [];
  const getState = () => workers[0]?.getState() ?? 'INITIALIZED';
  const isStopping = () => workers.length > 0 && getState() !== 'RUNNING';
  const common: Omit<TemporalOptions, 'taskQueue'> = {
    connection: options.connection,
    namespace: options.namespace,
    ...(deployment === undefined ? {} : versioned(deployment, bundle)),
    ...(dataConverter ? { dataConverter } : {}),
    ...tracing,
    activities: createActivities({ ...dependencies, isStopping }),
    // Half of the timeout. By default the SDK sends one heartbeat per 80 % of it, so a delay of three seconds would lose the attempt.
    maxHeartbeatThrottleInterval: '7s',
    shutdownGraceTime: '10s',
    shutdownForceTime: options.stopLimitMs ?? '20s',
  };
  const ofWorkflows = {
    workflowBundle: { codePath: bundle.codePath },
    ...(options.debugMode ? { debugMode: true } : {}),
  };
  for (const [taskQueue, slots] of queuesOf(dependencies.catalog)) {
    const ofQueue =
      taskQueue === TASK_QUEUE ? ofWorkflows : { maxConcurrentActivityTaskPolls: Math.min(slots, 2) };
    workers.push(
      await Worker.create({ ...common, ...ofQueue, taskQueue, maxConcurrentActivityTaskExecutions: slots }),
    );
  }
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    run: async () => {
      // One that fails takes the others down.
      const running = workers.map((worker) => worker.run().finally(shutdown));
      await Promise.allSettled(running);
      await Promise.all(running);
    },
    shutdown,
    getState,
    version: deployment === undefined ? undefined : bundle.buildId,
  };
}

/** Task queues and the slots of each; the first runs workflows too. */
function queuesOf({ scheduled }: Catalog): ReadonlyMap<string, number> {
  const queues = new Map([
    [TASK_QUEUE, MAIN_SLOTS],
    [BULK_QUEUE, BULK_SLOTS],
    [RECEIVERS_QUEUE, RECEIVER_SLOTS],
  ]);
  for (const { id, source } of scheduled) queues.set(sourceQueue(id), sourceSlots(source));
  return queues;
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
