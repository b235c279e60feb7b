/** Has every dataset of the catalogue, in every format, from the API and from the command, the columns and rows that SQL has? */
import { tableFromIPC } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { storageOf } from '../../../db/migration/storage.ts';
import { type Dataset, isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import { rowsRelation } from '../../../domain/dataset/relation.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../support/api/folded-environment.ts';
import { tidemark } from '../../support/command.ts';

const DAY = '2026-01-01';
const { all: datasets } = await loadCatalog();

let testEnv: FoldedEnvironment;
let owner: Database;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment(datasets);
  owner = openDatabase({ url: testEnv.url, role: 'tidemark_owner', application: 'test owner' });
  for (const dataset of datasets) await fill(dataset);
});
afterAll(async () => {
  await owner.end();
  await testEnv.close();
});

/** Two rows, one with nulls and one whose texts need quoting, of whatever dataset. */
async function fill(dataset: Dataset): Promise<void> {
  const { rows } = await owner.query<{ id: number }>(
    `with payload as (
       insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
       values ($1, $2, now(), now(), '', 'test', 200, '{}', 0, 'identity', '') returning id)
     insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points)
     select $1, $2, id, 'published', 2, 0, 0 from payload returning id`,
    [dataset.id, DAY],
  );
  const change = rows[0]?.id;
  const { current } = storageOf(dataset.id);
  if (isOfRecords(dataset)) {
    for (const [key, body] of [['=1+1, "x"', bodyOf(dataset)] as const, ['empty', '{"other": 1234567890.5}']])
      await owner.query(
        `insert into ${current} (key, starts_at, delivery_day, version, body, revision, change_id)
         values ($1, '2026-01-01T10:00:00.5Z', $2, 3, $3, 0, $4)`,
        [key, DAY, body, change],
      );
    return;
  }
  await owner.query(
    `insert into ops.series (dataset, series, first_payload_id)
     select $1, name, (select min(id) from ops.payload) from unnest(array['-a, "b"', 'c']) name`,
    [dataset.id],
  );
  await owner.query(
    `insert into ${current} (starts_at, value, change_id, series_id, delivery_day)
     select '2026-01-01T10:00:00Z', case series when 'c' then null else -0.5 end, $2, id, $3 from ops.series where dataset = $1`,
    [dataset.id, change, DAY],
  );
}

const VALUES = {
  text: '=1+1\n"é" 新',
  number: -0.25,
  boolean: false,
  date: '2020-02-29',
  instant: '2026-01-01T00:00:00.125Z',
} as const;

function bodyOf({ fields }: RecordDataset): string {
  return JSON.stringify({
    ...Object.fromEntries(fields.map(({ name, type }) => [name, VALUES[type]])),
    list: ['=1'],
  });
}

const url = ({ id }: Dataset, format: string) =>
  `/v1/data?dataset=${id}&from=${DAY}&to=${DAY}&format=${format}`;
type Row = Record<string, unknown>;

describe.each(datasets.map((dataset) => [dataset.id, dataset] as const))('%s', (_, dataset) => {
  const { columns } = rowsRelation(dataset);
  const names = columns.map(({ name }) => name);
  const json = async (): Promise<Row[]> => (await testEnv.get(url(dataset, 'json'))).json.data;

  /** A cell as the binary formats have it. */
  const plain = (name: string, cell: unknown): unknown => {
    const kind = columns.find((column) => column.name === name)?.kind;
    if (cell === null) return null;
    if (kind === 'json') return JSON.parse(String(cell));
    if (kind === 'day') return new Date(cell as number).toISOString().slice(0, 10);
    if (kind === 'instant') return new Date(cell as number).toISOString();
    return kind === 'integer' ? Number(cell) : cell;
  };
  const plainRow = (row: Row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(name, cell)]));

  test('as JSON, what SQL has', async () => {
    const rows = await json();
    expect(rows.map((row) => Object.keys(row))).toEqual([names, names]);
    const personal = isOfRecords(dataset)
      ? dataset.fields.filter((field) => field.personal).map(({ name }) => name)
      : [];
    const shown = names.filter((name) => name !== 'body' && !personal.includes(name));
    const { rows: inSql } = await testEnv.deps.database.query<Row>(
      `select * from ${storageOf(dataset.id).relation} order by ${isOfRecords(dataset) ? 'key' : 'series'}`,
    );
    const number = (name: string, cell: unknown) =>
      columns.find((column) => column.name === name)?.kind === 'number' && cell !== null
        ? Number(cell)
        : cell;
    const facts = inSql.map((row) =>
      Object.fromEntries(shown.map((name) => [name, number(name, row[name])])),
    );
    expect(rows).toMatchObject(JSON.parse(JSON.stringify(facts)));
  });

  test('as NDJSON, Arrow and Parquet, what JSON has', async () => {
    const rows = await json();
    const lines = (await testEnv.get(url(dataset, 'ndjson'))).text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    const table = tableFromIPC((await testEnv.get(url(dataset, 'arrow'))).raw);
    expect(table.toArray().map((row) => plainRow(row.toJSON()))).toEqual(rows);
    const { raw } = await testEnv.get(url(dataset, 'parquet'));
    const file = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer;
    expect((await parquetReadObjects({ file })).map(plainRow)).toEqual(rows);
  });

  test('as CSV, a cell for each column', async () => {
    const rows = await json();
    const { text } = await testEnv.get(url(dataset, 'csv'));
    expect(cellsOf(text)[0]).toEqual(names);
    const cells = cellsOf(text).slice(1);
    expect(cells).toEqual(rows.map((row) => names.map((name) => csvCell(row[name]))));
  });

  test.each(['json', 'ndjson', 'csv', 'arrow', 'parquet'])(
    'from the command as %s, the same',
    async (format) => {
      const range = ['--from', DAY, '--to', DAY, '--format', format];
      const { stdout, code } = await tidemark({ DATABASE_URL: testEnv.url }, 'query', dataset.id, ...range);
      expect(code).toBe(0);
      const answer = await testEnv.get(url(dataset, format));
      if (format === 'json') expect(JSON.parse(stdout)).toEqual(answer.json.data);
      else if (format === 'csv' || format === 'ndjson') expect(stdout).toBe(answer.text);
      else expect(stdout.length).toBeGreaterThan(500);
    },
  );
});

/** What a cell of JSON is in CSV, with what keeps spreadsheets from evaluating it. */
function csvCell(cell: unknown): string {
  if (cell === null) return '';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return typeof cell !== 'number' && /^[=+\-@]/.test(text) ? `'${text}` : text;
}

/** RFC 4180. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}
