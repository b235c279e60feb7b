/** How a record changed, in words that may leave the database: without personal data. */

import type { RecordDataset } from '../../domain/dataset/records.ts';
import { jsonText, readStoredJson } from '../../domain/values/exact-json.ts';
import type { Json } from '../../domain/values/json.ts';

type Body = { readonly [name: string]: Json } | undefined;

/** @returns a function of two canonical bodies: `barcode_type "QR" becomes "qr"`. */
export function showRecordChange({ fields }: RecordDataset) {
  const isOpen = (name: string) => fields.some((field) => field.name === name && !field.personal);
  return (old: unknown, now: unknown): string => {
    const [before, after] = [read(old), read(now)];
    if (!before || !after) return after ? 'nothing becomes a record' : 'a record becomes nothing';
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    const other = names.filter((name) => text(before[name]) !== text(after[name]));
    const differences = other.map((name) =>
      isOpen(name) ? `${name} ${text(before[name])} becomes ${text(after[name])}` : `${name} differs`,
    );
    return differences.join(', ').slice(0, LONGEST);
  };
}

const LONGEST = 500;

function read(canonical: unknown): Body {
  return typeof canonical === 'string' ? (readStoredJson(canonical) as Body) : undefined;
}

function text(value: Json | undefined): string {
  return value === undefined ? 'nothing' : jsonText(value);
}
