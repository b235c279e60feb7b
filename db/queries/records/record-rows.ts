/** Records as readers of the HTTP API and the command see them: by key, in pages, latest or as known at an instant. */
import statement, { empty, join, raw, type Sql as Statement } from 'sql-template-tag';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Area } from '../../../domain/time/location.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { fieldOf, storageOf } from '../../migration/storage.ts';

export interface RecordSelection {
  readonly dataset: RecordDataset;
  /** Only records about this area, of a dataset that has areas; null for all. */
  readonly area: Area | null;
  /** Instants; half-open; null where there is no bound. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly key: string | null;
  /** Null reads the latest knowledge. */
  readonly asOf: Date | null;
  /** Whether fields that tell of a person are shown. */
  readonly personal: boolean;
}

/** A record with its fields beside what every record has. Instants are Dates, days `YYYY-MM-DD`. */
export type RecordRow = Readonly<Record<string, unknown>> & {
  readonly key: string;
  readonly delivery_day: CivilDay;
};

/** Columns that every record has before its fields, and after them. */
export const LEADING_COLUMNS = ['key', 'starts_at', 'delivery_day', 'version', 'revision', 'is_current'];
export const TRAILING_COLUMNS = ['known_at', 'payload_id', 'body'];

/** The names of the columns of an answer, in order. */
export function recordColumns({ fields }: RecordDataset): string[] {
  return [...LEADING_COLUMNS, ...fields.map(({ name }) => name), ...TRAILING_COLUMNS];
}

/** Where a page ended: snapshots may have a key on several days. */
export interface RecordPlace {
  readonly key: string;
  readonly day: CivilDay;
}

/** Records by key. @param page `after` is the last one that was read; null begins. */
export async function readRecords(
  sql: Sql,
  selection: RecordSelection,
  page: { readonly after: RecordPlace | null; readonly limit: number },
): Promise<RecordRow[]> {
  const { dataset, asOf } = selection;
  const { relation, asOf: asOfFunction } = storageOf(dataset.id);
  const { after } = page;
  const beyond = after ? statement`and (r.key, r.delivery_day) > (${after.key}, ${after.day}::date)` : empty;
  const { text, values } = statement`
    select ${columnsOf(selection)}, r.known_at, r.payload_id, ${bodyOf(selection)} as body
    from ${asOf ? statement`${raw(asOfFunction)}(${asOf})` : raw(relation)} r
    where ${conditions(selection)} ${beyond}
    order by r.key, r.delivery_day
    limit ${page.limit}`;
  const { rows } = await sql.query<RecordRow>(text, values);
  return rows;
}

/** Every version of a record, oldest first, with `known_from` and `known_to`. */
export async function readRecordVersions(
  sql: Sql,
  selection: Pick<RecordSelection, 'dataset' | 'personal'> & { readonly key: string },
): Promise<RecordRow[]> {
  const { versions } = storageOf(selection.dataset.id);
  const { text, values } = statement`
    select ${columnsOf(selection)}, r.known_from, r.known_to, r.payload_id, ${bodyOf(selection)} as body
    from ${raw(versions)} r
    where r.key = ${selection.key}
    order by r.known_from, r.version, r.delivery_day`;
  const { rows } = await sql.query<RecordRow>(text, values);
  return rows;
}

function columnsOf({ dataset, personal }: Pick<RecordSelection, 'dataset' | 'personal'>): Statement {
  const own = dataset.fields.map(({ name, type, personal: isPersonal }) => {
    const field = raw(fieldOf(name));
    if (isPersonal && !personal) return statement`null as ${field}`;
    // PostgreSQL's exact numbers would come as text.
    return type === 'number' ? statement`r.${field}::float8 as ${field}` : statement`r.${field}`;
  });
  return join([...LEADING_COLUMNS.map((name) => statement`r.${raw(fieldOf(name))}`), ...own], ', ');
}

/** Without the grant only what is declared, and tells of no person: what a source adds by itself may tell of one. */
function bodyOf({ dataset, personal }: Pick<RecordSelection, 'dataset' | 'personal'>): Statement {
  const { fields } = dataset;
  if (personal || !fields.some((field) => field.personal)) return raw('r.body');
  const shown = fields.filter((field) => !field.personal).map(({ name }) => name);
  return statement`case when r.body is null then null else coalesce((
    select jsonb_object_agg(e.key, e.value) from jsonb_each(r.body) e where e.key = any(${shown}::text[])), '{}') end`;
}

function conditions({ dataset, area, from, to, key }: RecordSelection): Statement {
  const { location } = dataset;
  const parts = [
    ...(from ? [statement`r.starts_at >= ${from}`] : []),
    ...(to ? [statement`r.starts_at < ${to}`] : []),
    ...(key === null ? [] : [statement`r.key = ${key}`]),
    ...(area && location
      ? [
          statement`${raw(`r."${location.country}"`)} = ${area.country}
            and ${raw(`r."${location.subdivision}"`)} is not distinct from ${area.subdivision}`,
        ]
      : []),
  ];
  return parts.length > 0 ? join(parts, ' and ') : raw('true');
}

export interface RecordState {
  /** Since when the newest of a dataset is known; null when nothing is. */
  readonly knownAt: Date | null;
  /** The newest instant that can be asked for. */
  readonly settledAt: Date;
  readonly simulated: boolean;
}

/** What an answer about a dataset of records stands for. */
export async function recordState(sql: Sql, dataset: string): Promise<RecordState> {
  const { rows } = await sql.query<RecordState>(
    `select (select max(known_at) from ops.change where dataset = $1) as "knownAt", k.settled_at as "settledAt",
       coalesce(i.simulated, false) as simulated
     from ops.clock k cross join ops.instance i`,
    [dataset],
  );
  return onlyRow(rows);
}
