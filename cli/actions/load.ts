/** What `tidemark load` does. */
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import type { LoadFileInput, LoadProgress } from '../../domain/files/load.ts';
import { type StartedLoad, startLoad } from '../../temporal/loads.ts';
import type { Options } from '../commands/load.ts';
import type { CliContext } from '../context.ts';
import { formOf, readResolution, readWhole } from '../file-form.ts';
import { filesOf } from '../files.ts';
import { preview } from '../preview.ts';
import { type Display, followToEnd } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export async function load(
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
  if (options.preview) return await preview(context, found, given, options);
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
