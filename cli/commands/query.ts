/** `tidemark query`: streams points or records of a dataset with the same readers and writers as `GET /v1/data`. */
import { type Command, Option } from 'commander';
import { openSnapshot } from '../../db/connection/snapshot.ts';
import { assertStored } from '../../db/queries/catalog/enabling.ts';
import { catalogCoverage } from '../../db/read/cover/catalog-coverage.ts';
import { coverageLine } from '../../db/read/cover/coverage-line.ts';
import type { Chunks, Rows } from '../../db/read/formats/columns.ts';
import { jsonArray } from '../../db/read/formats/text.ts';
import { gateLines, gateMeta, readGateDays } from '../../db/read/gates.ts';
import type { Question } from '../../db/read/question.ts';
import { tableOf } from '../../db/read/table.ts';
import { type Dataset, isOfPoints, isOfRecords } from '../../domain/dataset/dataset.ts';
import { repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { type QueryOptions, readQuestion } from '../query-question.ts';
import { table } from '../table.ts';

const FORMATS = ['table', 'csv', 'json', 'ndjson', 'arrow', 'parquet'] as const;

type Format = (typeof FORMATS)[number];

interface Options extends QueryOptions {
  readonly format: Format;
  readonly json?: true;
}

export function queryCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option(
      '--from <when>',
      'delivery day (YYYY-MM-DD, from its first instant) or instant with offset; may be left out for records',
    )
    .option(
      '--to <when>',
      'delivery day (to its last instant) or instant with offset (exclusive); may be left out for records',
    )
    .option('--series <name>', 'of points: only this series, as published; may be repeated', repeatable)
    .option('--key <key>', 'of records: only this one')
    .option(
      '--location <id>',
      'of records: only those about the area of this location; id or name, may be repeated or comma-separated',
      repeatable,
    )
    .option('--as-of <instant>', 'as known at that instant, with offset')
    .option('--gate <gate>', 'as known at this time relative to each delivery day, such as D-1T12:00')
    .option('--versions', 'every version that was known, oldest first: of one --key, or of one --series')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => query(context, dataset, options)),
    );
}

async function query(context: CliContext, id: string, options: Options): Promise<number> {
  const dataset = context.catalog.find(id);
  const question = await readQuestion(context, dataset, options);
  await assertStored(context.database('tidemark_reader'), id);
  const simulated = await context.noteSimulated(id, 'tidemark_reader');
  const snapshot = await openSnapshot(context.database('tidemark_reader'));
  try {
    const gates = await readGateDays(snapshot, question);
    const about = gates && gateMeta(gates);
    if (about) for (const line of gateLines(String(question.gate), about)) context.warn(line);
    const coverage = await catalogCoverage(snapshot, question);
    if (coverage && coverage.loaded !== 'all')
      context.warn(`not all of it is loaded: ${coverageLine(coverage)}`);
    const { columns, read } = tableOf(question);
    const pages = read(snapshot, { after: null, limit: null });
    const rows = {
      columns,
      pages,
      meta: { ...metaOf(question), ...about, ...(coverage ? { coverage } : {}), simulated },
    };
    for await (const chunk of await chunksOf(rows, dataset, options.json ? 'json' : options.format))
      await context.write(chunk);
  } finally {
    snapshot.release();
  }
  return 0;
}

async function chunksOf(rows: Rows, dataset: Dataset, format: Format): Promise<Chunks> {
  if (format === 'table') return tables(rows, dataset);
  if (format === 'json') return jsonArray(rows, '\n');
  // Imported only when needed: Arrow loads slowly.
  const { WRITERS } = await import('../../db/read/formats/formats.ts');
  return WRITERS[format](rows);
}

/** The same meta data as answers of the API. */
function metaOf({ dataset, from, to, knowledge, asOf, gate }: Question) {
  return {
    dataset: dataset.id,
    ...(isOfPoints(dataset) ? { unit: dataset.unit } : {}),
    time_zone: dataset.source.timeZone,
    ...{ from, to, as_of: asOf, latest: knowledge.kind === 'latest' },
    ...(gate === undefined ? {} : { gate }),
  };
}

/** For people: without columns that are the same in every row, and for records without the body, whose fields are columns. */
async function* tables({ columns, pages }: Rows, dataset: Dataset): Chunks {
  const shown = columns.flatMap(({ name }, index) =>
    isOfRecords(dataset) && HIDDEN.has(name) ? [] : [{ name, index }],
  );
  const head = shown.map(({ name }) => name);
  for await (const page of pages) {
    const rows = page.map((cells) => shown.map(({ index }) => textOf(cells[index] ?? null)));
    yield `${table(head, rows)}\n`;
  }
}

const HIDDEN = new Set(['body', 'delivery_day', 'starts_at', 'revision', 'is_current']);

function textOf(cell: string | number | boolean | null): string | number {
  return typeof cell === 'number' ? cell : String(cell);
}
