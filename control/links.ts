/** Links into the Temporal Web UI. */

/** The page of one run of a workflow. */
export function workflowLink(uiUrl: string, namespace: string, workflowId: string, runId?: string): string {
  const run = runId ? `/${runId}` : '';
  return `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}${run}`;
}
