/** Do Arrow and Parquet hold the rows that SQL has, with their types, nulls and what they are about? */
import { isDeepStrictEqual } from 'node:util';
import { tableFromIPC, type Vector } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eachDay } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

/** So few series are declared that a range is read in several chunks, and new ones come in later pages. */
const dataset = sampleDataset({ resolution: [{ from: '2022-01-01', minutes: 1 }] });
const DAYS = eachDay('2026-10-06', '2026-10-20');

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset]);
  for (const day of DAYS) {
    const names = ['a', 'b', day > '2026-10-15' ? 'été "new", 新' : 'c'];
    const rows = intervalStarts(dataset, day).flatMap((ms, n) =>
      names.map(
        (name, s) => [name, new Date(ms).toISOString(), (n + s) % 5 ? Math.sin(n * s) * 1e5 : null] as const,
      ),
    );
    await testEnv.publish(dataset, day, new Date(`${day}T01:02:03.456Z`), rows);
  }
});
afterAll(() => testEnv.close());

const RANGE = `dataset=${dataset.id}&from=${DAYS[0]}&to=${DAYS.at(-1)}`;
const get = (query: string) => testEnv.get(`/v1/data?${RANGE}&${query}`);

/** As SQL has them, every cell as the two formats are expected to give it back. */
async function expectedRows() {
  const rows = await testEnv.rows<Record<string, unknown>>(
    `select delivery_day, starts_at, ends_at, series, value, known_at, payload_id from sample.table order by starts_at, series`,
  );
  return rows.map((row) => ({ ...row, delivery_day: new Date(`${row.delivery_day}T00:00:00Z`) }));
}

function firstDifference(rows: readonly object[], expected: readonly object[]) {
  expect([rows.length, expected.length]).toEqual([64_800, 64_800]);
  const index = rows.findIndex((row, n) => !isDeepStrictEqual(row, expected[n]));
  return index === -1 ? undefined : { index, row: rows[index], expected: expected[index] };
}

const number = (cell: unknown) => (typeof cell === 'bigint' ? Number(cell) : cell);

describe('Parquet', () => {
  const read = async (query: string) => {
    const { status, raw, headers } = await get(`format=parquet${query}`);
    expect([status, headers['content-type']]).toEqual([200, 'application/vnd.apache.parquet']);
    const file = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer;
    return { file, metadata: parquetMetadata(file) };
  };

  test('holds the rows of SQL, in several row groups', async () => {
    const { file, metadata } = await read('&limit=100000');
    const rows = (await parquetReadObjects({ file })).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, number(cell)])),
    );
    expect(firstDifference(rows, await expectedRows())).toBeUndefined();
    expect(metadata.row_groups).toHaveLength(2);
  });

  test('says what it is about', async () => {
    const { metadata } = await read('&series=a');
    const { json } = await get('limit=1&series=a');
    const [{ key, value } = { key: '' }] = metadata.key_value_metadata ?? [];
    expect([key, JSON.parse(value ?? '')]).toEqual(['tidemark', json.meta]);
  });

  test('without rows is a file all the same', async () => {
    const { file, metadata } = await read('&as_of=2000-01-01T00:00:00Z');
    expect(metadata.num_rows).toBe(0n);
    expect(await parquetReadObjects({ file })).toEqual([]);
  });
});

describe('Arrow', () => {
  test('holds the rows of SQL, a record batch per page', async () => {
    const { raw, headers } = await get('format=arrow');
    expect(headers['content-type']).toBe('application/vnd.apache.arrow.stream');
    const table = tableFromIPC(raw);
    expect(table.batches.length).toBeGreaterThan(1);
    expect(String(table.schema.fields.map(({ name, type }) => `${name} ${type}`))).toBe(
      'delivery_day Date32<DAY>,starts_at Timestamp<MILLISECOND, UTC>,ends_at Timestamp<MILLISECOND, UTC>,series Dictionary<Int32, Utf8>,value Float64,known_at Timestamp<MILLISECOND, UTC>,payload_id Int64',
    );
    const instant = (cell: number) => new Date(cell);
    const columns: Record<string, (cell: never) => unknown> = {
      ...{
        delivery_day: instant,
        starts_at: instant,
        ends_at: instant,
        series: String,
        value: number,
        known_at: instant,
        payload_id: number,
      },
    };
    const rows = Array.from({ length: table.numRows }, (_, row) =>
      Object.fromEntries(
        Object.entries(columns).map(([name, read]) => [
          name,
          read((table.getChild(name) as Vector).get(row) as never),
        ]),
      ),
    );
    expect(firstDifference(rows, await expectedRows())).toBeUndefined();
  });

  test('says what it is about, and without rows is a stream all the same', async () => {
    const { raw } = await get('format=arrow&as_of=2000-01-01T00:00:00Z');
    const { json } = await get('limit=1&as_of=2000-01-01T00:00:00Z');
    const table = tableFromIPC(raw);
    expect(table.numRows).toBe(0);
    expect(JSON.parse(table.schema.metadata.get('tidemark') ?? '')).toEqual(json.meta);
  });

  test('and Parquet hold buckets too', async () => {
    const question = `/v1/data/aggregated?${RANGE}&resolution=P1D&function=max&function=count`;
    const { json } = await testEnv.get(question);
    const table = tableFromIPC((await testEnv.get(`${question}&format=arrow`)).raw);
    const { raw } = await testEnv.get(`${question}&format=parquet`);
    const rows = await parquetReadObjects({
      file: raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer,
    });
    const maxima = json.data.map(({ max }: { max: number | null }) => max);
    expect(rows.map(({ max }) => max)).toEqual(maxima);
    expect([...(table.getChild('max') as Vector)]).toEqual(maxima);
    expect([...(table.getChild('points') as Vector)].map(Number)).toEqual(
      json.data.map(({ points }: { points: number }) => points),
    );
  });
});

test('Accept chooses the format as well', async () => {
  const { headers } = await testEnv.get(`/v1/data?${RANGE}&limit=5`, {
    accept: 'application/vnd.apache.parquet',
  });
  expect(headers['content-type']).toBe('application/vnd.apache.parquet');
});

test('an answer in any format leaves its session to the next', async () => {
  let closed = 0;
  testEnv.deps.database.on('remove', () => {
    closed += 1;
  });
  for (const format of ['json', 'csv', 'ndjson', 'arrow', 'parquet', 'json'])
    expect((await get(`format=${format}`)).status).toBe(200);
  expect(closed).toBe(0);
});
