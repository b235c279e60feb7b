/**
 * Creates the namespace where it is missing. A server on PostgreSQL begins without one, and simulated days need a separate one,
 * because they have the same workflow ids as live days.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Temporal } from './connection.ts';
import { grpcCode } from './sdk-error.ts';

/** Where simulated data lives on a Temporal server that may have live data too. */
export const SIMULATED_NAMESPACE = 'tidemark-simulated';

const RETENTION_DAYS = 30;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
/** Servers notice new namespaces within two to ten seconds. */
const READY_LIMIT_MS = 60_000;
const POLL_MS = 250;

/**
 * Makes the namespace where it is missing.
 * @returns whether it did
 * @throws Error with the hint when the server does not let us (Temporal Cloud).
 */
export async function ensureNamespace(temporal: Temporal): Promise<boolean> {
  if (await isThere(temporal)) return false;
  try {
    await temporal.client.connection.workflowService.registerNamespace({
      namespace: temporal.namespace,
      description: temporal.namespace === SIMULATED_NAMESPACE ? 'Simulated data of Tidemark.' : 'Tidemark.',
      // The wire format takes a plain number where its types ask for a Long.
      workflowExecutionRetentionPeriod: { seconds: (RETENTION_DAYS * 86_400) as never },
    });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw mayNot(temporal.namespace, error);
  }
  await untilReady(temporal);
  return true;
}

/** Without permission to look it up (keys of Temporal Cloud may be restricted), it is assumed to exist. */
async function isThere({ client, namespace }: Temporal): Promise<boolean> {
  try {
    await client.connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (grpcCode(error) === NOT_FOUND) return false;
    if (grpcCode(error) === PERMISSION_DENIED) return true;
    throw error;
  }
}

function mayNot(namespace: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(
    `the Temporal server has no namespace "${namespace}", and this connection may not make it (${reason}). ` +
      'Let an administrator make it, or set TEMPORAL_NAMESPACE to one that is there',
    { cause: error },
  );
}

async function untilReady({ client, namespace }: Temporal): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    try {
      await client.connection.operatorService.listSearchAttributes({ namespace });
      await client.workflow.count();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}
