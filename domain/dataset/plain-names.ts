/** Names of datasets of series in the plain calls (`GET /data/{table}`), for people who know little more than a table. Pure. */
import { relationNames } from './relation-names.ts';

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
