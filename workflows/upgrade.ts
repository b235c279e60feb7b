/**
 * Long runs and versions of workers (docs/operations.md#versions-of-workers): a run stays with the version that started it, and its next run uses the current
 * one. Without worker versions, none of this has any effect.
 */
import { makeContinueAsNewFunc, type Workflow, workflowInfo } from '@temporalio/workflow';

/** Continues as new, with the current version. */
export async function continueUpgraded<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return await makeContinueAsNewFunc<F>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args);
}

/**
 * Another version has become current: a long run should end and continue with that one, so that the old one can be removed. Call it after
 * some work was done: if a person has pinned the run, the next one gets the same result.
 */
export function isOutdated(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
