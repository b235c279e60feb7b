/** `tidemark steer`: shows a running backfill, and pauses, resumes, changes or cancels it. */
import type { Command } from 'commander';
import type { BackfillProgress } from '../../domain/backfill/backfill.ts';
import { STEERING_READERS, type SteeringMessage } from '../../domain/backfill/backfill-input.ts';
import { cancelBackfill, queryBackfill, steerBackfill } from '../../temporal/backfills.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { operator, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { describePlanInShort, describeProgress } from '../describe.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly pause?: true;
  readonly resume?: true;
  readonly cancel?: true;
  readonly skip?: readonly string[];
  readonly concurrency?: string;
  readonly order?: string;
  readonly stopAfter?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function steerCommand(command: Command, run: Run): void {
  command
    .argument(
      '<backfill>',
      'id of a backfill, such as backfill:jao-core.max-exchanges:2026-10-21..2026-11-20',
    )
    .option('--pause', 'start no more days (with --reason)')
    .option('--resume', 'go on; the count of failed days begins anew')
    .option('--cancel', 'end it, days in progress too (with --reason)')
    .option(
      '--skip <days>',
      'leave out a day or range that has not begun (with --reason); may be repeated',
      repeatable,
    )
    .option('--concurrency <n>', 'days in progress at once, 1 to 200')
    .option('--order <order>', 'newest or oldest first')
    .option('--stop-after <n>', 'pause after so many failed days; 0 for never')
    .option('--reason <text>', 'why')
    .option('--by <name>', 'who (default: your user name)')
    .option('--json', 'print JSON')
    .action((backfill: string, options: Options) =>
      run(options.json, (context) => steer(context, backfill, options)),
    );
}

async function steer(context: CliContext, backfill: string, options: Options): Promise<number> {
  const act = actOf(options);
  const temporal = await context.temporal();
  if (!act) {
    const { progress, plan } = await queryBackfill(temporal, backfill);
    context.print({ ...progress, plan }, () =>
      [describeProgress(progress), ...(plan ? ['planned:', describePlanInShort(plan)] : [])].join('\n'),
    );
    return 0;
  }
  const progress = await act(temporal, backfill);
  context.print(progress, () => describeProgress(progress));
  return 0;
}

type Act = (temporal: Temporal, backfill: string) => Promise<BackfillProgress>;

/** @throws UsageError for two actions at once: one of them might be refused after the other has taken effect. */
function actOf({ reason, ...options }: Options): Act | undefined {
  const by = operator(options.by);
  const change = changeOf(options);
  const send = (message: SteeringMessage, content: unknown): Act => {
    // Validated here too, so that a fault is reported before any server is called.
    const input = STEERING_READERS[message](content);
    return (temporal, backfill) => steerBackfill(temporal, backfill, message, input);
  };
  const why = { by, ...(reason === undefined ? {} : { reason }) };
  const acts: Act[] = [
    ...(options.pause ? [send('pause', why)] : []),
    ...(options.resume ? [send('resume', why)] : []),
    ...(options.skip ? [send('skip', { ...why, days: options.skip })] : []),
    ...(change ? [send('steer', change)] : []),
    ...(options.cancel ? [cancelFor(reason, by)] : []),
  ];
  if (acts.length > 1)
    throw new UsageError('say one thing at a time: --pause, --resume, --cancel, --skip, or a change');
  return acts[0];
}

function cancelFor(reason: string | undefined, by: string): Act {
  if (reason === undefined) throw new UsageError('--cancel needs --reason: say why');
  return (temporal, backfill) => cancelBackfill(temporal, backfill, { reason, by });
}

function changeOf({ concurrency, order, stopAfter }: Options): object | undefined {
  // A text that is not a number is passed on as typed, for its reader to refuse.
  const number = (text: string | undefined) =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
  const change = { concurrency: number(concurrency), order, stopAfterFailures: number(stopAfter) };
  const entries = Object.entries(change).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
