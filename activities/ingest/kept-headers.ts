/** Which headers of a response are stored with its bytes. */
import type { Sql } from '../../db/connection/client.ts';
import { claimInstance } from '../../db/queries/catalog/instance.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/** Present on every response of a simulator: simulated and live data never share a database. */
export const SIMULATOR_HEADER = 'x-tidemark-simulator';

/** Headers that describe the bytes. Others may contain a session or a key, and would be kept as long as the payload. */
const KEPT_HEADERS = new Set([
  ...[
    'age',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-length',
  ],
  ...['content-type', 'date', 'etag', 'expires', 'last-modified', 'server', 'vary', 'via'],
  SIMULATOR_HEADER,
]);

export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT_HEADERS.has(name)));
}

// Live and simulated data never share a database: the first response decides which it holds, and all others must match.

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
