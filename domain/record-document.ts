/** Versions of records as one JSON document, the quickest way into the database. Bodies are JSON already. */
import type { RecordVersion } from './record-chain.ts';

type Row = RecordVersion & { readonly revision: number; readonly knownToMs?: number | null };

/** A list of rows with short names: key, start, day, version, body, revision, known from, known to, payload. */
export function documentOf(records: readonly Row[]): string {
  const instant = (ms: number) => `"${new Date(ms).toISOString()}"`;
  const rows = records.map(
    ({ key, startsAtMs, day, version, body, revision, knownFromMs, knownToMs, payloadId }) =>
      `{"k":${JSON.stringify(key)},"s":${instant(startsAtMs)},"d":"${day}","v":${version},"b":${body},"r":${revision},` +
      `"f":${instant(knownFromMs)},${knownToMs == null ? '' : `"t":${instant(knownToMs)},`}"p":${payloadId}}`,
  );
  return `[${rows.join()}]`;
}
