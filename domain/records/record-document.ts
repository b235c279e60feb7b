/** Versions of records as texts that the database takes in bulk. Bodies are JSON already. */
import type { RecordVersion } from './record-chain.ts';

type Row = RecordVersion & { readonly revision: number; readonly closedBy?: number | null };

/** A list of rows with short names: key, start, day, version, body, revision, the change that brought it and the one that ended it. */
export function documentOf(records: readonly Row[]): string {
  const start = instants();
  const rows = records.map(
    ({ key, startsAtMs, day, version, body, revision, changeId, closedBy }) =>
      `{"k":${JSON.stringify(key)},"s":"${start(startsAtMs)}","d":"${day}","v":${version},"b":${body},"r":${revision},` +
      `"c":${changeId}${closedBy == null ? '' : `,"t":${closedBy}`}}`,
  );
  return `[${rows.join()}]`;
}

/** Cached: many records of a payload begin at one instant. */
function instants(): (ms: number) => string {
  let last = { ms: Number.NaN, text: '' };
  return (ms) => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
}

/** The same without `closedBy`, as lines of PostgreSQL's COPY. */
export function linesOf(records: readonly Row[]): string {
  const start = instants();
  const lines = records.map(
    ({ key, startsAtMs, day, version, body, revision, changeId }) =>
      `${escaped(key)}\t${start(startsAtMs)}\t${day}\t${version}\t${body === null ? '\\N' : escaped(body)}\t${revision}\t${changeId}\n`,
  );
  return lines.join('');
}

/** Neither keys nor JSON have control characters. */
function escaped(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}
