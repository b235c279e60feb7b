/** Paths of the Temporal Web UI, the same on every server. */

/** The page of one run of a workflow, from the root of the Web UI. */
export function workflowPath(namespace: string, workflowId: string, runId?: string): string {
  const run = runId ? `/${runId}` : '';
  return `/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}${run}`;
}
