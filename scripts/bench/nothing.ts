/** The yardstick: a workflow of three activities that do nothing, and the same fan-out of children over it. */
import { executeChild, proxyActivities } from '@temporalio/workflow';

const { one, two, three } = proxyActivities<{
  one(): Promise<void>;
  two(): Promise<void>;
  three(): Promise<void>;
}>({
  startToCloseTimeout: '1m',
});

export async function nothing(): Promise<void> {
  await one();
  await two();
  await three();
}

export async function nothingMany(count: number, concurrency: number): Promise<void> {
  const queue = Array.from({ length: count }, (_, i) => i);
  const lane = async () => {
    while (queue.shift() !== undefined) await executeChild(nothing);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
