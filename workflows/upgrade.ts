/**
 * Long runs and versions of workers (docs/decisions/0041): a run stays with the version that began it, and its next run begins with
 * the one that is current by then. Where workers have no versions, none of it has any effect.
 */
import { makeContinueAsNewFunc, type Workflow, workflowInfo } from '@temporalio/workflow';

/** Continues as new, with the version that is current. */
export async function continueUpgraded<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return await makeContinueAsNewFunc<F>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args);
}

/**
 * Another version has become current: a long run should come to its end and continue with that one, so that the old can go. Ask after
 * something was done: where a person has pinned the run, the next one is told the same.
 */
export function isOutdated(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
