/** What can be selected from a dataset, points or records, in any state of knowledge; and which of its rows. */
import statement, { empty, join, raw, type Sql as Statement } from 'sql-template-tag';
import { type Dataset, hasPersonalFields, isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import {
  type Column,
  gateRelation,
  type Relation,
  rowsRelation,
  versionsRelation,
} from '../../../domain/dataset/relation.ts';
import type { Area } from '../../../domain/time/location.ts';
import { fieldOf, storageOf } from '../../migration/storage.ts';
import type { Cell, Cells } from './cells.ts';
import type { Gate, Knowledge } from './knowledge.ts';

/** The selected rows of a relation. */
export interface RowSelection {
  readonly dataset: Dataset;
  /** Instants; half-open; null without a bound, which points always have. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly knowledge: Knowledge;
  /** Points only: null selects every series. */
  readonly series: readonly string[] | null;
  /** Records only: the one with this key. */
  readonly key: string | null;
  readonly areas: readonly Area[] | null;
  /** Whether fields with personal data are shown. */
  readonly personal: boolean;
}

/** Columns and key of the rows of a selection. */
export function relationOf({ dataset, knowledge }: Pick<RowSelection, 'dataset' | 'knowledge'>): Relation {
  if (knowledge.kind === 'versions') return versionsRelation(dataset);
  return knowledge.kind === 'gates' ? gateRelation(dataset) : rowsRelation(dataset);
}

/** The `from` clause. @param gates of the days that are read. */
export function sourceOf(dataset: Dataset, knowledge: Knowledge, gates: readonly Gate[]): Statement {
  const { relation, versions, asOf } = storageOf(dataset.id);
  if (knowledge.kind === 'latest') return raw(relation);
  if (knowledge.kind === 'versions') return raw(versions);
  if (knowledge.kind === 'as-of') return statement`${raw(asOf)}(${knowledge.at})`;
  return statement`(
    select ${join(rowsRelation(dataset).columns.map(ofVersion), ', ')}, gate.at as gate_at,
      gate.at <= coalesce(${knowledge.until}, (select catalog.settled_at())) as reached
    from ${raw(versions)} v
    join unnest(${gates.map(({ day }) => day)}::date[], ${gates.map(({ at }) => at)}::timestamptz[]) as gate(day, at)
      on gate.day = v.delivery_day
    where v.known_from <= least(gate.at, ${knowledge.until}) and (v.known_to is null or v.known_to > least(gate.at, ${knowledge.until}))
      ${isOfRecords(dataset) ? statement`and v.body is not null` : empty}
  )`;
}

/** A column of the rows as of an instant, taken from a version. */
function ofVersion({ name }: Column): Statement {
  if (name === 'known_at') return statement`v.known_from as known_at`;
  return name === 'is_current' ? statement`true as is_current` : statement`v.${raw(fieldOf(name))}`;
}

/** The columns of a relation, read from `o`. */
export function columnsOf(selection: RowSelection): Statement {
  const { columns } = relationOf(selection);
  return join(
    columns.map((column) => columnOf(selection, column)),
    ', ',
  );
}

function columnOf({ dataset, personal }: RowSelection, { name, kind }: Column): Statement {
  const field = raw(fieldOf(name));
  if (isOfRecords(dataset) && !personal && hasPersonalFields(dataset)) {
    if (name === 'body') return openBody(dataset);
    if (dataset.fields.some((each) => each.name === name && each.personal)) return statement`null`;
  }
  // PostgreSQL's exact numbers would arrive as text.
  return kind === 'number' ? statement`o.${field}::float8` : statement`o.${field}`;
}

/** Without the grant, only declared fields without personal data, and the names of the others: undeclared ones may contain any. */
function openBody({ fields }: RecordDataset): Statement {
  const shown = fields.filter((field) => !field.personal).map(({ name }) => name);
  return statement`ops.open_body(o.body, ${shown}::text[])`;
}

/** The `where` clause for rows of `o`. */
export function conditionsOf({ dataset, from, to, series, key, areas }: RowSelection): Statement {
  const parts = [
    ...(from ? [statement`o.starts_at >= ${from}`] : []),
    ...(to ? [statement`o.starts_at < ${to}`] : []),
    ...(series ? [statement`o.series = any(${series}::text[])`] : []),
    ...(key === null ? [] : [statement`o.key = ${key}`]),
    ...(areas && isOfRecords(dataset) ? [isAbout(dataset, areas)] : []),
  ];
  return parts.length > 0 ? join(parts, ' and ') : statement`true`;
}

function isAbout({ location }: RecordDataset, areas: readonly Area[]): Statement {
  if (!location) return statement`true`;
  const { country: ofCountry, subdivision: ofPart } = location;
  const each = areas.map(
    ({ country, subdivision }) => statement`(o.${raw(fieldOf(ofCountry))} = ${country}
      and o.${raw(fieldOf(ofPart))} is not distinct from ${subdivision})`,
  );
  return statement`(${join(each, ' or ')})`;
}

/** The order of the rows, and the condition for continuing after a key. */
export function orderOf({ columns, key }: Relation): Statement {
  const names = key.map((index) => (columns[index] as Column).name);
  return join(
    names.map((name) => statement`o.${raw(fieldOf(name))}`),
    ', ',
  );
}

/** @param after the key of the last row read. */
export function behind({ columns, key }: Relation, after: Cells): Statement {
  const cells = key.map((index, place) => typed(columns[index] as Column, after[place] as Cell));
  return statement`(${orderOf({ columns, key })}) > (${join(cells, ', ')})`;
}

function typed({ kind }: Column, cell: Cell): Statement {
  if (kind === 'instant') return statement`${cell}::timestamptz`;
  if (kind === 'day') return statement`${cell}::date`;
  return kind === 'integer' ? statement`${cell}::int8` : statement`${cell}::text`;
}
