/** `tidemark rebuild`: rebuilds days from their stored payloads. */
import type { Command } from 'commander';
import { readRebuildInput } from '../../domain/workflow/input.ts';
import type { RebuildInput, RebuildProgress } from '../../domain/workflow/messages.ts';
import { startRebuild } from '../../temporal/rebuilds.ts';
import { describeDifference } from '../../workflows/rebuild-progress.ts';
import { readDay } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { followToEnd } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly decoderOlderThan?: string | true;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function rebuildCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'one delivery day, YYYY-MM-DD')
    .option('--from <day>', 'first delivery day')
    .option('--to <day>', 'last delivery day')
    .option(
      '--decoder-older-than [version]',
      'only days that an older decoder has read (default: older than the current one)',
    )
    .option('--dry-run', 'show what would come out otherwise, and change nothing; waits')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => rebuild(context, dataset, options)),
    );
}

async function rebuild(context: CliContext, dataset: string, options: Options): Promise<number> {
  const input = readRebuildInput(inputOf(context, dataset, options));
  const started = await startRebuild(await context.temporal(), input);
  const { workflowId, runId } = started;
  const link = context.link(workflowId, runId);
  if (!options.wait && !options.dryRun) {
    context.print({ workflowId, runId, link }, () => `${workflowId} is running: ${link}`);
    return 0;
  }
  context.note(`${workflowId}: ${link}`);
  const result = await followToEnd(started, context);
  context.print({ workflowId, runId, link, ...result }, () => describe(result));
  return Object.keys(result.errors).length === 0 ? 0 : 1;
}

function inputOf(context: CliContext, dataset: string, options: Options): RebuildInput {
  const { decoderVersion } = context.catalog.find(dataset);
  const { decoderOlderThan: older, dryRun } = options;
  const version = older === true ? decoderVersion : older;
  return {
    dataset,
    ...rangeOf(options),
    // A text that is not a number is passed on as typed, for its reader to refuse.
    ...(version === undefined
      ? {}
      : { decoderOlderThan: /^\d+$/.test(`${version}`) ? Number(version) : version }),
    ...(dryRun ? { dryRun } : {}),
  } as RebuildInput;
}

/** @throws UsageError */
function rangeOf({ day, from, to }: Options): { from: string; to: string } {
  if (day !== undefined && from === undefined && to === undefined) {
    return { from: readDay('--day', day), to: day };
  }
  if (day === undefined && from !== undefined && to !== undefined) {
    return { from: readDay('--from', from), to: readDay('--to', to) };
  }
  throw new UsageError('say which days: either --day 2026-11-20, or --from 2026-10-21 --to 2026-11-20');
}

function describe({ summary, differences, differing, errors }: RebuildProgress): string {
  const days = differences.flatMap((day) => [
    `  ${describeDifference(day)}`,
    ...day.examples.map((example) => `    ${example}`),
  ]);
  const more = differing > differences.length ? [`  and ${differing - differences.length} days more`] : [];
  const reasons = Object.entries(errors).map(([day, error]) => `  ${day}: ${error}`);
  return [summary, ...days, ...more, ...(reasons.length > 0 ? ['why:', ...reasons] : [])].join('\n');
}
