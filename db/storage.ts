/**
 * Names of a dataset's relations. They follow from its id by the same rule as in `ops.ensure_storage` and consist of
 * lower-case letters, digits and underscores only, so they can stand in SQL text.
 */

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
}

/** @throws RangeError when the id is not a dataset id. */
export function storageOf(dataset: string): Storage {
  const match = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)$/.exec(dataset);
  if (!match?.[1] || !match[2]) throw new RangeError(`"${dataset}" is not <source>.<dataset>`);
  const schema = match[1].replaceAll('-', '_');
  const table = match[2].replaceAll('-', '_');
  const current = `store."${schema}__${table}"`;
  return {
    schema,
    table,
    current,
    closed: `store."${schema}__${table}__closed"`,
    relation: `"${schema}"."${table}"`,
    versions: `"${schema}"."${table}_versions"`,
    asOf: `"${schema}"."${table}_as_of"`,
  };
}
