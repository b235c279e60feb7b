/** `tidemark query`: observations, latest or as known at an instant, streamed. */
import { type Command, Option } from 'commander';
import { type Observation, readObservations } from '../../db/queries/points/reading.ts';
import { type RecordRow, recordColumns } from '../../db/queries/records/record-rows.ts';
import { isOfRecords } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { recordsAsCsv, recordsAsNdjson } from '../../domain/records/record-text.ts';
import { csvHead, csvText } from '../../domain/values/csv.ts';
import { readBound, readInstant, refuseUnknownSeries, repeatable } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../program.ts';
import { recordPages, recordTable } from '../query-records.ts';
import { table } from '../table.ts';
import { WrongUse } from '../wrong-use.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly series?: readonly string[];
  readonly location?: string;
  readonly asOf?: string;
  readonly format: Format;
  readonly json?: true;
}

type Format = 'table' | 'csv' | 'json' | 'ndjson';

const COLUMNS = ['delivery_day', 'starts_at', 'series', 'value', 'known_at', 'payload_id'] as const;

export function queryCommand(program: Command, run: Run): void {
  program
    .command('query')
    .description('observations or records of a dataset: the latest, or as known at an instant')
    .argument('<dataset>', 'id of a dataset')
    .requiredOption(
      '--from <when>',
      'delivery day (YYYY-MM-DD, from its first instant) or instant with offset',
    )
    .requiredOption('--to <when>', 'delivery day (to its last instant) or instant with offset (exclusive)')
    .option('--series <name>', 'only this series, as published; may be repeated', repeatable)
    .option('--location <id>', 'of records: only those about the area of this location; id or name')
    .option('--as-of <instant>', 'as known at that instant, with offset')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['table', 'csv', 'json', 'ndjson'])
        .default('table'),
    )
    .option('--json', 'the same as --format json')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => query(context, dataset, options)),
    );
}

async function query(context: CliContext, id: string, options: Options): Promise<number> {
  const dataset = context.catalog.find(id);
  if (isOfRecords(dataset)) return await queryRecords(context, dataset, options);
  if (options.location !== undefined) throw new WrongUse(`${id} has no locations; leave out --location`);
  const selection = {
    dataset: id,
    from: readBound('--from', options.from, dataset),
    to: readBound('--to', options.to, dataset),
    series: options.series ?? null,
    asOf: options.asOf === undefined ? null : readInstant('--as-of', options.asOf),
  };
  if (selection.from >= selection.to) {
    const { from, to } = options;
    throw new WrongUse(`--from (${from}) is not before --to (${to}); swap them, or write a later --to`);
  }
  await refuseUnknownSeries(context.database('tidemark_reader'), id, options.series);
  await context.noteSimulated('tidemark_reader');
  const format = options.json ? 'json' : options.format;
  await WRITERS[format](context, readObservations(context.database('tidemark_reader'), selection));
  return 0;
}

async function queryRecords(context: CliContext, dataset: RecordDataset, options: Options): Promise<number> {
  if (options.series) throw new WrongUse(`${dataset.id} has no series; leave out --series`);
  await context.noteSimulated('tidemark_reader');
  const format = options.json ? 'json' : options.format;
  await RECORD_WRITERS[format](context, dataset, recordPages(context, dataset, options));
  return 0;
}

/** Where a long result goes. */
type Out = Pick<CliContext, 'write'>;

const RECORD_WRITERS: Readonly<
  Record<Format, (out: Out, dataset: RecordDataset, pages: AsyncIterable<RecordRow[]>) => Promise<void>>
> = {
  async table(out, dataset, pages) {
    for await (const page of pages) await out.write(`${recordTable(dataset, page)}\n`);
  },
  async csv(out, dataset, pages) {
    const columns = recordColumns(dataset);
    await out.write(csvHead(columns));
    for await (const page of pages) await out.write(recordsAsCsv(columns, page));
  },
  async ndjson(out, _, pages) {
    for await (const page of pages) await out.write(recordsAsNdjson(page));
  },
  json: (out, _, pages) => writeArray(out, pages, (row) => JSON.stringify(row)),
};

type Row = Record<(typeof COLUMNS)[number], string | number | null>;

function rowOf({ deliveryDay, startsAt, series, value, knownAt, payloadId }: Observation): Row {
  return {
    delivery_day: deliveryDay,
    starts_at: startsAt.toISOString(),
    series,
    value,
    known_at: knownAt.toISOString(),
    payload_id: payloadId,
  };
}

const WRITERS: Readonly<Record<Format, (out: Out, pages: AsyncIterable<Observation[]>) => Promise<void>>> = {
  async table(out, pages) {
    for await (const page of pages) {
      const rows = page.map(rowOf).map((row) => COLUMNS.map((column) => row[column] ?? 'null'));
      await out.write(`${table(COLUMNS, rows)}\n`);
    }
  },
  async csv(out, pages) {
    await out.write(csvHead(COLUMNS));
    for await (const page of pages) await out.write(page.map((row) => csvLine(rowOf(row))).join(''));
  },
  async ndjson(out, pages) {
    for await (const page of pages)
      await out.write(page.map((row) => `${JSON.stringify(rowOf(row))}\n`).join(''));
  },
  json: (out, pages) => writeArray(out, pages, (row) => JSON.stringify(rowOf(row))),
};

async function writeArray<T>(out: Out, pages: AsyncIterable<T[]>, textOf: (row: T) => string): Promise<void> {
  let separator = '[\n';
  for await (const page of pages) {
    await out.write(separator + page.map(textOf).join(',\n'));
    separator = ',\n';
  }
  await out.write(separator === '[\n' ? '[]\n' : '\n]\n');
}

/** A null is an empty field, which no value of ours is. */
function csvLine(row: Row): string {
  return `${COLUMNS.map((column) => cellOf(row[column])).join(',')}\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'string' ? csvText(value) : String(value);
}
