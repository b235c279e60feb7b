/** Live and simulated data never share a database: the first response decides which it holds, and all others must match. */
import type { Sql } from '../../db/connection/client.ts';
import { claimInstance } from '../../db/queries/catalog/instance.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { SIMULATOR_HEADER } from './kept-headers.ts';

/** @throws Failure SIMULATION_MISMATCH */
export async function assertLiveOrSimulated(
  sql: Sql,
  { headers, url }: { readonly headers: Readonly<Record<string, string>>; readonly url: string },
): Promise<void> {
  const answerIsSimulated = SIMULATOR_HEADER in headers;
  if (answerIsSimulated === (await claimInstance(sql, answerIsSimulated))) return;
  const [answer, data] = answerIsSimulated ? ['simulated', 'live'] : ['live', 'simulated'];
  throw new Failure(
    'SIMULATION_MISMATCH',
    `${url} gave a ${answer} answer, but this database holds ${data} data. ` +
      'Use a database of its own for each (DATABASE_URL), or set the base URL right (JAO_BASE_URL)',
  );
}
