/**
 * The patience of production, shortened for tests that are about what comes after it. The production values stand in
 * `domain/workflow/failures.ts` and `workflows/proxies.ts`, and have tests of their own.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RETRY_RULES, type RetryRules } from '../../domain/workflow/failures.ts';
import { type WorkflowBundle, workflowBundle } from '../../workers/bundle.ts';

/** The same classes and numbers of attempts; the database is tried again every half second, lost attempts within seconds. */
export const SHORT_RULES: RetryRules = {
  ...RETRY_RULES,
  storage: { ...RETRY_RULES.storage, maxDelayMs: 500 },
  lost: { ...RETRY_RULES.lost, firstDelayMs: 1_000, maxDelayMs: 4_000 },
};

/**
 * For workers that are killed all along: on a slow machine one step may meet every kill, and miss heartbeats beside them. It is no
 * payload that kills, and is not given up as one.
 */
export const KILLED_RULES: RetryRules = { ...SHORT_RULES, lost: { ...SHORT_RULES.lost, attempts: 50 } };

/** The workflows with activities whose worker is missed soon (`short-heartbeats.ts`); bundled once, not once a process. */
export function impatientBundle(): Promise<WorkflowBundle> {
  const file = `short-heartbeats${extname(import.meta.url)}`;
  const interceptors = fileURLToPath(new URL(file, import.meta.url));
  return workflowBundle({ interceptors });
}
