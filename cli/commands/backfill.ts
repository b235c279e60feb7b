/** `tidemark backfill`: load a range of delivery days. */
import type { Command } from 'commander';
import { startBackfill } from '../../control/backfills.ts';
import { assertBackfillRange } from '../../domain/backfill-range.ts';
import { readBackfillInput } from '../../domain/input.ts';
import { DAY_STATES, isFine } from '../../domain/ledger.ts';
import type { BackfillProgress, Order } from '../../domain/messages.ts';
import type { CliContext } from '../context.ts';
import type { Run } from '../main.ts';
import { followToEnd } from '../progress.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly all?: true;
  readonly concurrency?: string;
  readonly order?: Order;
  readonly wait?: true;
  readonly json?: true;
}

export function backfillCommand(program: Command, run: Run): void {
  program
    .command('backfill')
    .description('load a range of delivery days; days that are complete already are left alone')
    .argument('<dataset>', 'id of a dataset, such as jao-core.max-exchanges')
    .requiredOption('--from <day>', 'first delivery day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last delivery day, YYYY-MM-DD')
    .option('--all', 'ask for complete days again too')
    .option('--concurrency <n>', 'days in progress at once, 1 to 200 (default: 16)')
    .option('--order <order>', 'newest or oldest first (default: newest)')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => backfill(context, { dataset, ...options })),
    );
}

async function backfill(context: CliContext, options: Options & { dataset: string }): Promise<number> {
  const input = readBackfillInput(inputOf(options));
  assertBackfillRange(context.catalog.get(input.dataset), input, Date.now());
  const started = await startBackfill(await context.temporal(), input);
  const { workflowId, runId } = started;
  const link = context.link(workflowId, runId);
  if (!options.wait) {
    context.print({ workflowId, runId, link }, () => `${workflowId} is running: ${link}`);
    return 0;
  }
  context.note(`${workflowId}: ${link}`);
  const result = await followToEnd(started, (text) => context.note(text));
  context.print({ workflowId, runId, link, ...result }, () => describeVerdict(result));
  return DAY_STATES.every((state) => isFine(state) || !result.outcomes[state]) ? 0 : 1;
}

function inputOf({ dataset, from, to, all, concurrency, order }: Options & { dataset: string }): unknown {
  return {
    dataset,
    from,
    to,
    ...(all ? { days: 'all' as const } : {}),
    // Anything that is no number is refused with its name and as it was written, like every other field.
    ...(concurrency === undefined
      ? {}
      : { concurrency: /^\d+$/.test(concurrency) ? Number(concurrency) : concurrency }),
    ...(order === undefined ? {} : { order }),
  };
}

/** The verdict, every outcome's days, and why days failed. */
export function describeVerdict({ verdict, outcomes, errors }: BackfillProgress): string {
  const days = Object.entries(outcomes).map(([state, ranges]) => `  ${state}: ${ranges.join(', ')}`);
  const reasons = Object.entries(errors).map(([day, error]) => `  ${day}: ${error}`);
  return [verdict, ...days, ...(reasons.length > 0 ? ['why:', ...reasons] : [])].join('\n');
}
