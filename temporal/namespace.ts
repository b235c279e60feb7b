/** A namespace of its own on a server that a person brought: simulated days have the same workflow ids as live ones. */
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { Temporal } from './connection.ts';

/** Where simulated data lives on a Temporal server that may have live data too. */
export const SIMULATED_NAMESPACE = 'tidemark-simulated';

const RETENTION_DAYS = 30;
const ALREADY_EXISTS = 6;
/** Servers look for new namespaces every ten seconds or so. */
const READY_LIMIT_MS = 60_000;
const POLL_MS = 250;

/** Makes the namespace where it is missing. @throws Error with the cure when the server does not let us (Temporal Cloud). */
export async function ensureNamespace(temporal: Temporal): Promise<void> {
  const { client, namespace } = temporal;
  try {
    await client.connection.workflowService.registerNamespace({
      namespace,
      description: 'Simulated data of Tidemark.',
      // The wire format takes a plain number where its types ask for a Long.
      workflowExecutionRetentionPeriod: { seconds: (RETENTION_DAYS * 86_400) as never },
    });
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === ALREADY_EXISTS) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `simulated data needs the namespace "${namespace}" on the Temporal server, and this connection may not make it (${reason}). ` +
        'Let an administrator make it, or unset TEMPORAL_ADDRESS for a private server',
      { cause: error },
    );
  }
  await untilReady(temporal);
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
