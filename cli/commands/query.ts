/** `tidemark query`: streams points or records of a dataset with the same readers and writers as `GET /v1/data`. */
import { type Command, Option } from 'commander';
import type { Run } from '../program.ts';
import type { QueryOptions } from '../query-question.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/query.ts');

const FORMATS = ['table', 'csv', 'json', 'ndjson', 'arrow', 'parquet'] as const;

export type Format = (typeof FORMATS)[number];

export interface Options extends QueryOptions {
  readonly format: Format;
  readonly json?: true;
}

export function queryCommand(program: Command, run: Run): void {
  program
    .command('query')
    .description('points or records of a dataset: the latest, or as known at an instant or a gate')
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
      run(options.json, async (context) => (await actions()).query(context, dataset, options)),
    );
}
