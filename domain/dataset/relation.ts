/** The relations of a dataset as readers see them, for points and records: columns in order, and which of them are the key. Pure. */
import { type Dataset, isOfRecords } from './dataset.ts';
import type { RecordDataset, RecordField } from './records.ts';

/**
 * `day` and `instant` are texts in ISO 8601, `series` a text that repeats often, `number` a double, `integer` a whole number below 2^53,
 * `json` the text of a JSON value.
 */
export type ColumnKind = 'day' | 'instant' | 'series' | 'text' | 'number' | 'integer' | 'boolean' | 'json';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Whether there may be nulls. */
  readonly nullable?: true;
}

export interface Relation {
  readonly columns: readonly Column[];
  /** Which columns are the key; rows are ordered by it. */
  readonly key: readonly number[];
}

/** The current rows of a dataset, or those as of an instant. */
export function rowsRelation(dataset: Dataset): Relation {
  return isOfRecords(dataset) ? relation(recordColumns(dataset, KNOWN_AT), RECORD_KEY) : POINTS;
}

/** The rows at a gate: beside them when the gate of their day is, and whether it is reached; until then they are provisional. */
export function gateRelation(dataset: Dataset): Relation {
  const { columns, key } = rowsRelation(dataset);
  return { columns: [...columns, ...AT_GATE], key };
}

const AT_GATE: readonly Column[] = [
  { name: 'gate_at', kind: 'instant' },
  { name: 'reached', kind: 'boolean' },
];

/** Every version of them. */
export function versionsRelation(dataset: Dataset): Relation {
  return isOfRecords(dataset)
    ? relation(recordColumns(dataset, KNOWN_FROM_TO), RECORD_VERSION_KEY)
    : POINT_VERSIONS;
}

const KNOWN_AT: readonly Column[] = [{ name: 'known_at', kind: 'instant' }];
const KNOWN_FROM_TO: readonly Column[] = [
  { name: 'known_from', kind: 'instant' },
  { name: 'known_to', kind: 'instant', nullable: true },
];

const RECORD_KEY = ['starts_at', 'key', 'delivery_day'];
const RECORD_VERSION_KEY = ['key', 'known_from', 'version', 'delivery_day'];

const POINTS = relation(pointColumns(KNOWN_AT), ['starts_at', 'series']);
const POINT_VERSIONS = relation(pointColumns(KNOWN_FROM_TO), ['starts_at', 'series', 'known_from']);

function relation(columns: readonly Column[], key: readonly string[]): Relation {
  return { columns, key: key.map((name) => columns.findIndex((column) => column.name === name)) };
}

function pointColumns(known: readonly Column[]): Column[] {
  return [
    { name: 'delivery_day', kind: 'day' },
    { name: 'starts_at', kind: 'instant' },
    { name: 'ends_at', kind: 'instant', nullable: true },
    { name: 'series', kind: 'series' },
    { name: 'value', kind: 'number', nullable: true },
    ...known,
    { name: 'payload_id', kind: 'integer' },
  ];
}

function recordColumns({ fields }: RecordDataset, known: readonly Column[]): Column[] {
  return [
    { name: 'key', kind: 'text' },
    { name: 'starts_at', kind: 'instant' },
    { name: 'delivery_day', kind: 'day' },
    { name: 'version', kind: 'integer' },
    { name: 'revision', kind: 'integer' },
    { name: 'is_current', kind: 'boolean' },
    ...fields.map(fieldColumn),
    ...known,
    { name: 'payload_id', kind: 'integer' },
    { name: 'body', kind: 'json', nullable: true },
  ];
}

function fieldColumn({ name, type }: RecordField): Column {
  return { name, kind: type === 'date' ? 'day' : type, nullable: true };
}
