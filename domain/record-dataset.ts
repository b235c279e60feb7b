/**
 * The contract of a dataset of records: things with fields that are corrected after the fact, rather than numbers on a time
 * line. Records have the same days, payloads, fold, ledger, findings, change feed and as-of as observations.
 */
import type { CivilDay } from './civil-day.ts';
import { type DatasetFacts, factFaults } from './dataset.ts';
import type { Finding } from './finding.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A record as one payload says it. */
export interface DecodedRecord {
  /** Identity within the dataset, as published: printable, at most 200 characters. */
  readonly key: string;
  /** What it is about in time, milliseconds UTC: the time of an event, the start of a holiday. */
  readonly startsAtMs: number;
  /** The source's own version number; 0 where it has none. A lower one that comes later overwrites nothing. */
  readonly version: number;
  /** All of its fields, unknown ones too. Null: the source says that the record is no more. */
  readonly body: { readonly [name: string]: Json } | null;
  /** Where in the payload, in the payload's own terms. */
  readonly place: string;
}

export interface DecodedRecords {
  readonly records: readonly DecodedRecord[];
  readonly findings: readonly Finding[];
}

/** A field that readers see as a column. */
export interface RecordField {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'instant';
  /** Set for fields that tell of a person: masked for readers without the grant, removed when a person is erased. */
  readonly personal?: true;
  readonly description: string;
}

export interface RecordDataset extends DatasetFacts {
  readonly kind: 'records';
  /**
   * - `snapshot`: an answer says all there is of its day; what is absent in it was withdrawn as of then
   * - `upsert`: an answer brings what it brings; of a record the highest version counts, whatever the order
   */
  readonly fold: 'snapshot' | 'upsert';
  /** What a unit of work is: a day, or a year named by its first day (`2026-01-01`). */
  readonly period: 'day' | 'year';
  readonly fields: readonly RecordField[];
  /**
   * Bytes to records. Pure; keeps the source's order.
   * @throws AnswerRefused when the answer as a whole cannot be what the source promises.
   */
  decode(body: Uint8Array, day: CivilDay): DecodedRecords;
}

/**
 * Checks a definition and freezes it.
 * @throws RangeError that lists every fault of the definition at once.
 */
export function defineRecordDataset<T extends Omit<RecordDataset, 'kind'>>(
  definition: T,
): T & { readonly kind: 'records' } {
  const faults = [...factFaults(definition), ...fieldFaults(definition.fields)];
  if (faults.length > 0) throw new RangeError(`dataset "${definition.id}": ${faults.join('; ')}`);
  return Object.freeze({ ...definition, kind: 'records' });
}

const FIELD_NAME = /^[a-z][a-z0-9_]{0,62}$/;

function fieldFaults(fields: readonly RecordField[]): string[] {
  const names = fields.map(({ name }) => name);
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  return [
    ...names.filter((name) => !FIELD_NAME.test(name)).map((name) => `field "${name}" is no lower_case name`),
    ...twice.map((name) => `field "${name}" is there twice`),
  ];
}
