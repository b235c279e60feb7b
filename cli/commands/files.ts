/** `tidemark files`: files of a dataset that a schedule has found, and the results of loading them. */
import type { Command } from 'commander';
import { type FoundFile, foundFiles } from '../../db/queries/files/found-files.ts';
import { FILE_STATES, type FileState, placeOfFiles } from '../../domain/files/found-files.ts';
import type { CliContext, Run } from '../context.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly state?: string;
  readonly json?: true;
}

export function filesCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option('--state <state>', `only such: ${Object.keys(FILE_STATES).join(', ')}`)
    .option('--json', 'print JSON, with a link to the load of each')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => files(context, dataset, options)),
    );
}

const MOST = 1_000;

async function files(context: CliContext, id: string, { state }: Options): Promise<number> {
  const dataset = context.catalog.find(id);
  const place = placeOfFiles(
    dataset.files?.found,
    context.config.sourceSettings.get(dataset.source.id) ?? {},
  );
  const only = state === undefined ? {} : { state: readState(state) };
  const found = await foundFiles(context.database(), id, { ...only, limit: MOST });
  const rows = found.map((file) => ({ ...file, link: linkOf(context, file) }));
  context.print({ dataset: id, place, files: rows }, () => textOf(id, place, found));
  return found.some((file) => file.state === 'refused') ? 1 : 0;
}

function readState(text: string): FileState {
  if (Object.hasOwn(FILE_STATES, text)) return text as FileState;
  throw new UsageError(`--state is "${text}": write one of ${Object.keys(FILE_STATES).join(', ')}`);
}

function linkOf(context: CliContext, { workflowId, runId }: FoundFile): string | null {
  return workflowId && runId ? context.link(workflowId, runId) : null;
}

function textOf(id: string, place: string | null, found: readonly FoundFile[]): string {
  const looked =
    place === null ? 'files are not watched: no folder or address is set' : `looked for in ${place}`;
  if (found.length === 0) return `${id}: no such file was found; ${looked}`;
  const rows = found.map((file) => [
    ...[file.file, file.state, instant(file.seenAt), instant(file.triedAt)],
    file.reason ?? file.result ?? '-',
  ]);
  return [`${id}, ${looked}`, table(['file', 'state', 'seen at', 'tried at', 'result'], rows)].join('\n');
}
