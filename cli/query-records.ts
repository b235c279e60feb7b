/** `tidemark query` of a dataset of records: by key, latest or as known at an instant, page by page. */
import { findLocation, type Location, locationAt, locationsNamed } from '../db/queries/catalog/locations.ts';
import {
  type RecordPlace,
  type RecordRow,
  type RecordSelection,
  readRecords,
  recordColumns,
} from '../db/queries/records/record-rows.ts';
import type { RecordDataset } from '../domain/dataset/records.ts';
import { readBound, readInstant } from './arguments.ts';
import type { CliContext } from './context.ts';
import { table } from './table.ts';
import { WrongUse } from './wrong-use.ts';

export interface RecordOptions {
  readonly from: string;
  readonly to: string;
  readonly asOf?: string;
  /** Id or name of a location. */
  readonly location?: string;
}

const ROWS_AT_ONCE = 5_000;

/** What the database does not show to readers is null, fields that tell of a person for one. */
export async function* recordPages(
  context: CliContext,
  dataset: RecordDataset,
  options: RecordOptions,
): AsyncGenerator<RecordRow[]> {
  const selection = await selectionOf(context, dataset, options);
  const database = context.database('tidemark_reader');
  let after: RecordPlace | null = null;
  for (;;) {
    const page: RecordRow[] = await readRecords(database, selection, { after, limit: ROWS_AT_ONCE });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < ROWS_AT_ONCE) return;
    after = { key: last.key, day: last.delivery_day };
  }
}

async function selectionOf(
  context: CliContext,
  dataset: RecordDataset,
  { from, to, asOf, location }: RecordOptions,
): Promise<RecordSelection> {
  const at = asOf === undefined ? null : readInstant('--as-of', asOf);
  return {
    ...{ dataset, key: null, asOf: at, personal: true },
    from: readBound('--from', from, dataset),
    to: readBound('--to', to, dataset),
    area: location === undefined ? null : await readLocation(context, dataset, location, at),
  };
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws WrongUse */
async function readLocation(
  context: CliContext,
  dataset: RecordDataset,
  wanted: string,
  at: Date | null,
): Promise<Location> {
  if (!dataset.location)
    throw new WrongUse(`records of ${dataset.id} are about no area; leave out --location`);
  const database = context.database('tidemark_reader');
  const found = UUID.test(wanted)
    ? [await findLocation(database, wanted)].flatMap((each) => each ?? [])
    : await locationsNamed(database, wanted);
  const [only, other] = found;
  if (!only) throw new WrongUse(`there is no location "${wanted}"; "tidemark locations list" shows them`);
  if (other) throw new WrongUse(`"${wanted}" are several locations; write the id of one of them`);
  if (!at) return only;
  const then = await locationAt(database, only.id, at);
  if (then) return then;
  throw new WrongUse(`the location "${wanted}" was not known at ${at.toISOString()}`);
}

/** For people: without the body, whose fields stand beside it, and without what is the same in every row. */
export function recordTable(dataset: RecordDataset, rows: readonly RecordRow[]): string {
  const columns = recordColumns(dataset).filter((column) => !HIDDEN.has(column));
  return table(
    columns,
    rows.map((row) => columns.map((column) => textOf(row[column]))),
  );
}

const HIDDEN = new Set(['body', 'delivery_day', 'starts_at', 'revision', 'is_current']);

function textOf(value: unknown): string | number {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' ? value : String(value);
}
