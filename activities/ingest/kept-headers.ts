/** Which headers of a response are stored with its bytes. */

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
