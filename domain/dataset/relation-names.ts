/**
 * The names of a dataset's relations, derived from its id by the same rule as in `ops.ensure_storage`, and whether two datasets would share
 * one. Names consist of lower-case letters, digits and underscores only.
 */

/** Longer ids would make names that PostgreSQL cuts off after 63 bytes. The same limit is in `ops.ensure_storage`. */
export const LONGEST_ID = 48;

interface RelationNames {
  readonly schema: string;
  /** What readers select: the latest knowledge, every version, and the function for a past state of knowledge. */
  readonly table: string;
  readonly versions: string;
  readonly asOf: string;
  /** Points only: the function for what was known at a time relative to each delivery day. */
  readonly atGate: string;
  /** In schema `store`: current values and closed versions. */
  readonly current: string;
  readonly closed: string;
  /** Only of datasets that keep rollups: what readers select, and the tables in schema `store`. */
  readonly hourly: string;
  readonly daily: string;
  readonly hours: string;
  readonly days: string;
}

/** @throws RangeError when the id is not a dataset id. */
export function relationNames(dataset: string): RelationNames {
  const match = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)$/.exec(dataset);
  if (!match?.[1] || !match[2]) throw new RangeError(`"${dataset}" is not <source>.<dataset>`);
  const schema = match[1].replaceAll('-', '_');
  const table = match[2].replaceAll('-', '_');
  const current = `${schema}__${table}`;
  return {
    ...{ schema, table, versions: `${table}_versions`, asOf: `${table}_as_of`, atGate: `${table}_at_gate` },
    ...{ current, closed: `${current}__closed` },
    ...{ hourly: `${table}_hourly`, daily: `${table}_daily` },
    ...{ hours: `${current}__hourly`, days: `${current}__daily` },
  };
}

/**
 * A sentence for each pair of datasets that would share a relation, naming both and what they would share.
 * @param withRollups those of them that have rollups.
 */
export function sharedRelations(ids: readonly string[], withRollups: readonly string[] = []): string[] {
  const owners = new Map<string, string>();
  const faults = new Map<string, string>();
  for (const id of ids) {
    for (const relation of qualifiedNames(id, withRollups.includes(id))) {
      const owner = owners.get(relation);
      owners.set(relation, owner ?? id);
      const pair = `"${owner}" and "${id}"`;
      if (owner === undefined || faults.has(pair)) continue;
      faults.set(pair, `datasets ${pair} would share the relation ${relation}: give one of them another id`);
    }
  }
  return [...faults.values()];
}

function qualifiedNames(id: string, hasRollups: boolean): string[] {
  const { schema, table, versions, asOf, atGate, hourly, daily, ...stored } = relationNames(id);
  const { current, closed, hours, days } = stored;
  const seen = [table, versions, asOf, atGate, ...(hasRollups ? [hourly, daily] : [])];
  const kept = [current, closed, ...(hasRollups ? [hours, days] : [])];
  return [...seen.map((name) => `${schema}.${name}`), ...kept.map((name) => `store.${name}`)];
}

// Names of datasets of series in the plain calls (`GET /data/{table}`), for people who know little more than a table. Pure.

export interface PlainNames {
  /** Further names of the table, besides that of the relation. */
  readonly tables?: readonly string[];
  /** Name of the value in a row. @default value */
  readonly value?: string;
}

interface Named {
  readonly id: string;
  readonly plain?: PlainNames;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** The other columns of the rows. */
const TAKEN = ['timestamp', 'series'];

/** Every name by which the table of a dataset is found: the relation with and without its schema, further names, the id. */
export function tableNames({ id, plain }: Named): string[] {
  const { schema, table } = relationNames(id);
  return [...new Set([`${schema}.${table}`, table, ...(plain?.tables ?? []), id])];
}

/** Name of the value in a row. */
export function valueName({ plain }: Named): string {
  return plain?.value ?? 'value';
}

/** What is wrong with the names of a definition. */
export function plainFaults({ tables = [], value = 'value' }: PlainNames = {}): string[] {
  return [
    ...tables
      .filter((name) => !NAME.test(name))
      .map((name) => `plain.tables has "${name}", which is no lower_case name`),
    ...(NAME.test(value) ? [] : [`plain.value "${value}" is no lower_case name`]),
    ...(TAKEN.includes(value) ? [`plain.value "${value}" is the name of another column of the rows`] : []),
  ];
}

/** A sentence for each further name that also names another dataset. */
export function sharedTableNames(datasets: readonly Named[]): string[] {
  return datasets.flatMap((dataset) =>
    (dataset.plain?.tables ?? []).flatMap((name) =>
      datasets
        .filter((other) => other !== dataset && tableNames(other).includes(name))
        .map(({ id }) => `dataset "${dataset.id}": the table name "${name}" is one of "${id}" already`),
    ),
  );
}
