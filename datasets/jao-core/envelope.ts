/**
 * The answer of the Publication Tool: `{"data":[rows],"rejected":false,"messages":null}`, with wide rows: one column per series beside
 * `dateTimeUtc`. Wrong cells and rows become findings; any other answer is refused.
 */
import type { TableDecoder } from '../../kit/decode/decoder.ts';
import { type JsonTableForm, jsonTable } from '../../kit/decode/json-table.ts';
import { show } from '../../kit/decode/points-of-rows.ts';
import { instant } from '../../kit/decode/time-column.ts';

/** Where the rows are, and how it reports a refused request. */
export const ENVELOPE: Pick<JsonTableForm, 'rows' | 'refused'> = {
  rows: ['data'],
  refused: ({ rejected, messages }) => (rejected === true ? show(messages) : undefined),
};

/**
 * A decoder of envelopes whose value columns begin with one of some texts. `id` changes when a day is republished, so it is never part of
 * an identity.
 */
export function envelope(columns: readonly string[]): TableDecoder {
  return jsonTable({
    ...ENVELOPE,
    time: instant('dateTimeUtc'),
    columns,
    ignore: ['id', 'lastModifiedOn'],
    beside: { rejected: false, messages: null },
  });
}

/** Rows in their envelope, as the source sends them. */
export function rowsOf(data: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ data, rejected: false, messages: null }));
}
