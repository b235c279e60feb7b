/** Which headers of an answer are stored beside its bytes. */

/** Present on every answer of a simulator: simulated and live data never share a database. */
export const SIMULATOR_HEADER = 'x-tidemark-simulator';

/** What says something about the bytes. Others may be a session's or a key's, and are kept for as long as the payload. */
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
