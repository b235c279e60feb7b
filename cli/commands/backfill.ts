/** `tidemark backfill`: load a range of delivery days, or show what that would do. */
import type { Command } from 'commander';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { knownDays } from '../../db/queries/operation/backfills.ts';
import { type BackfillInput, CHOICES } from '../../domain/backfill/backfill.ts';
import { readBackfillInput } from '../../domain/backfill/backfill-input.ts';
import { assertBackfillRange } from '../../domain/backfill/backfill-range.ts';
import { makePlan } from '../../domain/backfill/make-plan.ts';
import { areFine } from '../../domain/days/ledger.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { describePlan, describeResult } from '../describe.ts';
import { followToEnd } from '../progress.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly all?: true;
  readonly only?: readonly string[];
  readonly notCheckedSince?: string;
  readonly changedSince?: string;
  readonly decoderOlderThan?: string | true;
  readonly concurrency?: string;
  readonly order?: string;
  readonly stopAfter?: string;
  readonly paused?: true;
  readonly plan?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function backfillCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset, such as jao-core.max-exchanges')
    .requiredOption('--from <day>', 'first delivery day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last delivery day, YYYY-MM-DD')
    .option('--plan', 'show what would be done about each day, why and at what cost; start nothing')
    .option('--all', 'request complete days again too')
    .option('--only <kind>', `only days that are ${CHOICES.join(', ')}; may be repeated`, repeatable)
    .option('--not-checked-since <instant>', 'days that were not requested since')
    .option('--changed-since <instant>', 'days whose values changed since')
    .option(
      '--decoder-older-than [version]',
      'days that an older decoder has read, again from their bytes (default: the current one)',
    )
    .option('--concurrency <n>', 'days in progress at once, 1 to 200 (default: 16)')
    .option('--order <order>', 'newest or oldest first (default: newest)')
    .option('--stop-after <n>', 'pause after so many failed days (default: never)')
    .option('--paused', 'make the plan and wait until "tidemark steer <id> --resume" approves it')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => backfill(context, dataset, options)),
    );
}

async function backfill(context: CliContext, dataset: string, options: Options): Promise<number> {
  const { decoderVersion } = context.catalog.get(dataset);
  const input = readBackfillInput(inputOf(dataset, options, decoderVersion));
  return options.plan ? await showPlan(context, input) : await start(context, input, options.wait ?? false);
}

async function showPlan(context: CliContext, input: BackfillInput): Promise<number> {
  const known = await knownDays(context.database(), input);
  const { days, summary } = makePlan(context.catalog.get(input.dataset), input, known, Date.now());
  context.print({ ...summary, plan: days }, () => describePlan(days, summary));
  return 0;
}

async function start(context: CliContext, input: BackfillInput, wait: boolean): Promise<number> {
  assertBackfillRange(context.catalog.get(input.dataset), input, Date.now());
  const temporal = await context.temporal();
  await assertEnabled(context.database(), input.dataset);
  const started = await startBackfill(temporal, input);
  const { workflowId, runId, joined } = started;
  const link = context.link(workflowId, runId);
  if (joined) {
    const hint = `change it with "tidemark steer ${workflowId}"`;
    context.note(
      `It was running already and goes on as it was started; other options do not count: ${hint}.`,
    );
  }
  if (!wait) {
    context.print({ workflowId, runId, joined, link }, () => `${workflowId} is running: ${link}`);
    return 0;
  }
  context.note(`${workflowId}: ${link}`);
  const result = await followToEnd(started, context);
  context.print({ workflowId, runId, joined, link, ...result }, () => describeResult(result));
  return areFine(result.outcomes) ? 0 : 1;
}

/** The options as typed; `readBackfillInput` refuses wrong ones by name and value. */
function inputOf(dataset: string, options: Options, decoderVersion: number): unknown {
  const { from, to, all, only, notCheckedSince, changedSince, decoderOlderThan, order, paused } = options;
  const older = decoderOlderThan === true ? decoderVersion : decoderOlderThan;
  const input = {
    ...{ dataset, from, to, only, notCheckedSince, changedSince, order, paused },
    days: all ? 'all' : undefined,
    decoderOlderThan: numeric(older),
    concurrency: numeric(options.concurrency),
    stopAfterFailures: numeric(options.stopAfter),
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** A number, or else the text as typed, so that it is refused like every other field. */
function numeric(text: string | number | undefined): string | number | undefined {
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text;
}
