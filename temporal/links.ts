/** Links into the Temporal Web UI. */
import { workflowPath } from '../domain/workflow/ids.ts';

/** The page of one run of a workflow. */
export function workflowLink(uiUrl: string, namespace: string, workflowId: string, runId?: string): string {
  return `${uiUrl}${workflowPath(namespace, workflowId, runId)}`;
}
