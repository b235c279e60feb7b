/**
 * Lets the Temporal SDK download its development server into the folder given as argument. A process of its own,
 * because the SDK has no way to give up a download: who started it ends it when nothing moves. Plain JavaScript, so
 * that it starts without a loader.
 */

import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Runtime } from '@temporalio/worker';

const [downloadDir] = process.argv.slice(2);
Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } });
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  await environment.teardown();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
