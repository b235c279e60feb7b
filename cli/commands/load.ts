/** `tidemark load`: load files into a dataset. */
import type { Command } from 'commander';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { TIME_FORMS } from '../../domain/files/file-form.ts';
import type { LoadFileInput, LoadProgress } from '../../domain/files/load.ts';
import { type StartedLoad, startLoad } from '../../temporal/loads.ts';
import type { CliContext, Run } from '../context.ts';
import { type FormOptions, filesOf, formOf, readResolution, readWhole } from '../files.ts';
import { type Display, followToEnd } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

interface Options extends FormOptions {
  readonly resolution?: string;
  readonly maxRefused?: string;
  readonly concurrency?: string;
  readonly verify?: true;
  readonly preview?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function loadCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset of files, or of records that come line by line')
    .argument(
      '<file...>',
      'paths (plain, .gz, .zip, archive.zip#member, a folder), http(s) addresses, or - for standard input',
    )
    .option(
      '--delimiter <character>',
      'between columns: , ; | or tab (default: found out, like all of the form)',
    )
    .option('--decimal <character>', 'decimal character: . or ,')
    .option('--thousands <character>', 'what parts thousands, where a point or a comma does: . or ,')
    .option(
      '--encoding <name>',
      'how characters are written, such as windows-1252 (default: UTF-8 or UTF-16)',
    )
    .option('--header', 'the first line names the columns')
    .option('--no-header', 'there is no such line')
    .option('--time-form <form>', TIME_FORMS.join(', '))
    .option('--zone <zone>', 'time zone of times that carry none, such as Europe/Zurich')
    .option('--time-column <number>', 'column of the time, counted from 1')
    .option('--series-column <number>', 'column that names the series, counted from 1')
    .option(
      '--resolution <length>',
      'stated distance of points, such as 1s, 30s or 15min; another one stops the load',
    )
    .option('--max-refused <lines>', 'stop when more lines are refused (default: 10000)')
    .option('--concurrency <ranges>', 'ranges in progress at once (default: 3)')
    .option('--verify', 'read the file again though path, size and time of change are known')
    .option('--preview', 'show what would be understood and refused, and load nothing; needs no servers')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, files: string[], options: Options) =>
      run(options.json, (context) => load(context, dataset, files, options)),
    );
}

async function load(
  context: CliContext,
  dataset: string,
  given: readonly string[],
  options: Options,
): Promise<number> {
  const found = context.catalog.find(dataset);
  if (!found.files)
    throw new UsageError(
      `${dataset} is not a dataset of files; "tidemark backfill" loads history of datasets that are pulled`,
    );
  // Imported for this alone: it reads files itself.
  if (options.preview) return await (await import('../preview.ts')).preview(context, found, given, options);
  await assertEnabled(context.database(), dataset);
  const folder = { filesFolder: context.config.filesFolder, database: () => context.database() };
  const inputs = (await filesOf(given, folder, context.io)).map((file) => inputOf(dataset, file, options));
  const temporal = await context.temporal();
  const results: object[] = [];
  let fine = true;
  for (const input of inputs) {
    const started = await startLoad(temporal, input);
    const { workflowId, runId } = started;
    const link = context.link(workflowId, runId);
    const result = options.wait ? await follow(context, started, link) : undefined;
    fine &&= result === undefined || isFine(result);
    results.push({ workflowId, runId, link, ...result });
    if (!context.json) context.printLine(result ? result.summary : `${workflowId} is running: ${link}`);
  }
  if (context.json) context.printLine(JSON.stringify(results, null, 2));
  return fine ? 0 : 1;
}

function inputOf(dataset: string, file: string, options: Options): LoadFileInput {
  const { resolution, maxRefused, concurrency, verify } = options;
  const form = formOf(options);
  return {
    ...{ dataset, file },
    ...(Object.keys(form).length > 0 ? { form } : {}),
    ...(resolution === undefined ? {} : { resolutionSeconds: readResolution(resolution) }),
    ...(maxRefused === undefined ? {} : { maxRefused: readWhole('--max-refused', maxRefused, 0) }),
    ...(concurrency === undefined ? {} : { concurrency: readWhole('--concurrency', concurrency, 1) }),
    ...(verify ? { verify } : {}),
  };
}

async function follow(context: CliContext, started: StartedLoad, link: string): Promise<LoadProgress> {
  context.note(`${started.workflowId}: ${link}`);
  return await followToEnd(started, context, LINES);
}

const LINES: Display<LoadProgress> = {
  format: '{bar} {percentage} % · {running}',
  describe: ({ stage, linesPerSecond, secondsLeft }) => {
    if (stage === 'registering') return 'reading and hashing the file';
    const speed =
      linesPerSecond === null ? '' : `${linesPerSecond.toLocaleString('en')} lines/s, ${secondsLeft} s left`;
    return speed || 'the first ranges';
  },
};

/** False for days with quarantined points and incomplete days, which a person should check. */
function isFine({ stage, result }: LoadProgress): boolean {
  const states = Object.keys(result.days);
  return stage !== 'stopped' && states.every((state) => state === 'complete');
}
