/** Registration of the search attributes that workflows set. Workflows that set an unregistered one would hang. */
import { setTimeout as delay } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../domain/workflow/ids.ts';
import type { Temporal } from './connection.ts';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;
/** Servers notice new ones within two seconds to a minute. */
const USABLE_LIMIT_MS = 90_000;
const POLL_MS = 250;

/** Names that this namespace does not know as Keyword. */
export async function missingSearchAttributes({ client, namespace }: Temporal): Promise<string[]> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(SEARCH_ATTRIBUTES)
    .map(({ name }) => name)
    .filter((name) => customAttributes?.[name] !== KEYWORD);
}

/**
 * Registers what is missing and returns its names.
 * @throws Error with the hint where the server does not let clients register (Temporal Cloud).
 */
export async function ensureSearchAttributes(temporal: Temporal): Promise<string[]> {
  const missing = await missingSearchAttributes(temporal);
  if (missing.length === 0) return [];
  try {
    await temporal.client.connection.operatorService.addSearchAttributes({
      namespace: temporal.namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the search attributes ${missing.join(', ')} (Keyword) are missing in namespace "${temporal.namespace}" and this ` +
        `connection may not register them (${reason}). Register them with the tool of your Temporal service`,
      { cause: error },
    );
  }
  await untilUsable(temporal, missing);
  return missing;
}

/** A server takes them from its database every few seconds; until then it refuses schedules and runs that have them. */
async function untilUsable({ client }: Temporal, names: readonly string[]): Promise<void> {
  const deadline = Date.now() + USABLE_LIMIT_MS;
  const query = names.map((name) => `${name} = ''`).join(' AND ');
  for (;;) {
    try {
      await client.workflow.count(query);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}
