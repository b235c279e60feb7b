/** What `tidemark backfill` does. */
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { knownDays } from '../../db/queries/operation/backfills.ts';
import type { BackfillInput } from '../../domain/backfill/backfill.ts';
import { readBackfillInput } from '../../domain/backfill/backfill-input.ts';
import { assertBackfillRange } from '../../domain/backfill/backfill-range.ts';
import { makePlan } from '../../domain/backfill/make-plan.ts';
import { areFine } from '../../domain/days/ledger.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { describePlan, describeResult } from '../backfill-text.ts';
import type { Options } from '../commands/backfill.ts';
import type { CliContext } from '../context.ts';
import { followToEnd } from '../progress.ts';

export async function backfill(context: CliContext, dataset: string, options: Options): Promise<number> {
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
