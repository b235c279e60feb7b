/**
 * Workers of which one can be made late: it reaches PostgreSQL and Temporal through proxies. Told to, it stands still in the first attempt of a
 * step, is cut off from Temporal, and goes on when others have done its work and the next.
 */
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect } from 'vitest';
import { systemClock } from '../../../../activities/dependencies.ts';
import { type Activities, createActivities } from '../../../../activities/index.ts';
import type { Database } from '../../../../db/connection/client.ts';
import { BULK_QUEUE, RECEIVERS_QUEUE, sourceQueue, TASK_QUEUE } from '../../../../domain/workflow/ids.ts';
import type { HoldAt } from '../../../chaos/holding-proxy.ts';
import { TcpProxy } from '../../../chaos/tcp-proxy.ts';
import { openLateWorker } from '../../../support/late-worker.ts';
import { impatientBundle, SHORT_RULES } from '../../../support/short-patience.ts';
import type { TestEnvironment } from '../../../support/test-environment.ts';

export type StepName = keyof Activities;

/** Where the late worker stands still. */
export interface Point {
  readonly step: StepName;
  readonly at: HoldAt;
  /** Whether it is this one, where the step is taken several times. */
  readonly is?: ((input: never) => boolean) | undefined;
}

export interface LateSystem {
  /** Does `work` with nobody late. */
  withOthers<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Does `work` while the late worker alone takes steps; once that stands still, others do the rest of it, and `next`. Then it goes on, and ends
   * its attempt, which nobody waits for any more.
   * @returns what the work came to.
   */
  withLate<T>(point: Point, work: () => Promise<T>, next: () => Promise<unknown>): Promise<T>;
  close(): Promise<void>;
}

type Steps = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** @param baseUrl of the sources. @param filesFolder of unpacked texts. */
export async function openLateSystem(
  testEnv: TestEnvironment,
  { source, baseUrl, filesFolder }: { source: string; baseUrl: string; filesFolder: string },
): Promise<LateSystem> {
  const { temporalAddress: address, databaseUrl: url, database, catalog } = testEnv;
  const line = await TcpProxy.open(Number(address.split(':')[1]));
  const late = await openLateWorker({ url, database, drop: async () => {} });
  const stepsWith = (sessions: Database): Steps =>
    createActivities({
      ...{ database: sessions, catalog, filesFolder, clock: systemClock, retryRules: SHORT_RULES },
      baseUrls: new Map([[source, baseUrl]]),
      receivers: { allowPrivate: true },
    }) as unknown as Steps;
  const queues = [TASK_QUEUE, BULK_QUEUE, RECEIVERS_QUEUE, sourceQueue(`${source}.any`)];
  let order: { readonly point: Point; readonly reached: () => void } | undefined;
  let held: Promise<unknown> = Promise.resolve();

  /** Its first attempt at a step stands still, where it was told to. */
  const standingStill = (name: string, run: Steps[string]) => async (input: never) => {
    if (order?.point.step !== name || order.point.is?.(input) === false) return await run?.(input);
    const { point, reached } = order;
    order = undefined;
    void late.standStill(point.at).then(reached);
    const attempt = run?.(input) as Promise<unknown>;
    held = attempt.catch((error: Error) => error);
    return await attempt;
  };
  const ofLate = Object.fromEntries(
    Object.entries(stepsWith(late.database)).map(([name, run]) => [name, standingStill(name, run)]),
  );
  const ofOthers = stepsWith(database);

  const workflows = await startWorkflows(address);
  const withOthers: LateSystem['withOthers'] = async (work) => {
    const others = await startSteps(address, queues, ofOthers);
    return await work().finally(() => others.stop());
  };
  return {
    withOthers,
    async withLate(point, work, next) {
      const slow = await startSteps(`127.0.0.1:${line.port}`, queues, ofLate);
      const standsStill = new Promise<'held'>((resolve) => {
        order = { point, reached: () => resolve('held') };
      });
      const working = work();
      const ended = working.then(() => 'ended', String);
      // One that ends without standing still proves nothing.
      expect(await Promise.race([standsStill, ended])).toBe('held');
      const stopped = slow.stop();
      line.cut();
      const result = await withOthers(async () => {
        const done = await late.meanwhile(() => working);
        await next();
        late.goOn();
        await held;
        return done;
      });
      line.restore();
      await stopped;
      return result;
    },
    async close() {
      await workflows.stop();
      await late.close();
      await line.close();
    },
  };
}

/** A worker that runs workflows and no steps: it is never late. */
async function startWorkflows(address: string) {
  const connection = await NativeConnection.connect({ address });
  const { codePath } = await impatientBundle();
  const worker = await Worker.create({
    ...{ connection, taskQueue: TASK_QUEUE, workflowBundle: { codePath }, debugMode: true },
    shutdownGraceTime: '1s',
  });
  return running([worker], connection);
}

/** A worker of every task queue that takes steps only. */
async function startSteps(address: string, queues: readonly string[], activities: Steps) {
  const connection = await NativeConnection.connect({ address });
  const workers: Worker[] = [];
  for (const taskQueue of queues)
    workers.push(
      await Worker.create({
        ...{ connection, taskQueue, activities: { ...activities } },
        // One that is told to end takes no more, and what stands still is not cancelled.
        ...{ maxHeartbeatThrottleInterval: '1s', shutdownGraceTime: '10m' },
      }),
    );
  return running(workers, connection);
}

function running(workers: readonly Worker[], connection: NativeConnection) {
  const ended = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}
