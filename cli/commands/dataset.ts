/** `tidemark dataset`: what an author of datasets needs. Everything but `verify` works without servers. */
import type { Command } from 'commander';
import type { Run } from '../context.ts';
import type { NewOptions } from '../dataset/new.ts';
import type { RecordOptions } from '../dataset/record.ts';
import type { TryOptions } from '../dataset/try.ts';
import type { VerifyOptions } from '../dataset/verify.ts';

export function datasetCommand(dataset: Command, run: Run): void {
  newCommand(dataset, run);
  tryCommand(dataset, run);
  recordCommand(dataset, run);
  verifyCommand(dataset, run);
}

function newCommand(dataset: Command, run: Run): void {
  dataset
    .command('new')
    .description(
      'draft the files of a dataset from an answer of its source: JSON with a list of rows, or delimited text',
    )
    .argument('<id>', '<source>.<dataset>, such as acme.spot-prices')
    .requiredOption('--from <answer>', 'a recorded body, or the http(s) address to request it from once')
    .option('--url <address>', 'the address that a recorded body is from')
    .option('--folder <folder>', 'where your datasets lie (default: the first folder of TIDEMARK_DATASETS)')
    .option(
      '--zone <zone>',
      'time zone of the delivery days, such as Europe/Oslo (default: that of source.ts, or UTC)',
    )
    .option('--time <column>', 'the column that says when an interval starts (default: found out)')
    .option('--day <day>', 'delivery day of a body that does not name it')
    .option('--unit <unit>', 'unit of the values, such as MW')
    .option('--json', 'print JSON')
    .action((id: string, options: NewOptions) =>
      run(options.json, async (context) =>
        (await import('../dataset/new.ts')).newDataset(context, id, options),
      ),
    );
}

function tryCommand(dataset: Command, run: Run): void {
  dataset
    .command('try')
    .description(
      'show the points, records and findings that a definition makes of an answer; needs no servers',
    )
    .argument('<file>', 'the file of a dataset, or the id of one of the catalogue')
    .option(
      '--body <file>',
      'the answer (default: the newest recording beside the dataset, else its example)',
    )
    .option('--day <day>', 'delivery day that was requested (default: the one that the body names)')
    .option('--part <part>', 'the part that was requested, where a day takes several requests')
    .option('--json', 'print JSON')
    .action((file: string, options: TryOptions) =>
      run(options.json, async (context) =>
        (await import('../dataset/try.ts')).tryDataset(context, file, options),
      ),
    );
}

function recordCommand(dataset: Command, run: Run): void {
  dataset
    .command('record')
    .description(
      'request a day from the source once, beside its quota, and keep the answer with its provenance (address without key, time, status, headers, sha256)',
    )
    .argument('<dataset>', 'id of a dataset, or its file')
    .requiredOption('--day <day>', 'delivery day')
    .option('--part <part>', 'where a day takes several requests: only this one (default: all)')
    .option('--folder <folder>', 'where to (default: <dataset>.recorded beside the dataset)')
    .option('--json', 'print JSON')
    .action((named: string, options: RecordOptions) =>
      run(options.json, async (context) =>
        (await import('../dataset/record.ts')).recordDataset(context, named, options),
      ),
    );
}

function verifyCommand(dataset: Command, run: Run): void {
  dataset
    .command('verify')
    .description('compare a recorded answer with SQL, value for value; exit code 1 where they differ')
    .argument('<dataset>', 'id of a dataset')
    .requiredOption('--day <day>', 'delivery day')
    .requiredOption('--body <file>', 'the recorded answer')
    .option('--part <part>', 'the part that was requested, where a day takes several requests')
    .option('--as-of <instant>', 'as known at that instant, with offset, where the day was revised since')
    .option('--json', 'print JSON')
    .action((id: string, options: VerifyOptions) =>
      run(options.json, async (context) =>
        (await import('../dataset/verify.ts')).verifyDataset(context, id, options),
      ),
    );
}
