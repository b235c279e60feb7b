/** Names of a dataset's relations, quoted and with their schema, for use in SQL text. */
import { relationNames } from '../../domain/dataset/relation-names.ts';

export interface Storage {
  readonly schema: string;
  readonly table: string;
  /** Current values. */
  readonly current: string;
  /** Closed versions. */
  readonly closed: string;
  /** What readers select: latest, every version, and the function for a past state of knowledge. */
  readonly relation: string;
  readonly versions: string;
  readonly asOf: string;
  /** Rollups of datasets that keep them: by day as readers select them, and the tables in schema `store`. */
  readonly daily: string;
  readonly hours: string;
  readonly days: string;
}

/** @throws RangeError when the id is not a dataset id. */
export function storageOf(dataset: string): Storage {
  const { schema, table, versions, asOf, current, closed, daily, hours, days } = relationNames(dataset);
  return {
    schema,
    table,
    current: `store."${current}"`,
    closed: `store."${closed}"`,
    relation: `"${schema}"."${table}"`,
    versions: `"${schema}"."${versions}"`,
    asOf: `"${schema}"."${asOf}"`,
    daily: `"${schema}"."${daily}"`,
    hours: `store."${hours}"`,
    days: `store."${days}"`,
  };
}

/**
 * The name of a field of records as a quoted column, for use in SQL text.
 * @throws RangeError when it is not a lower_case word, which the contract of datasets rules out.
 */
export function fieldOf(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new RangeError(`field "${name}" is no lower_case name`);
  return `"${name}"`;
}
