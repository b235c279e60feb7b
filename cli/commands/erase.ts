/** `tidemark erase`: erase a person from a dataset. `tidemark erasures`: the proofs. */
import type { Command } from 'commander';
import { transaction } from '../../db/connection/client.ts';
import { type ErasureProof, insertErasure, listErasures } from '../../db/queries/payloads/erasures.ts';
import { isOfRecords } from '../../domain/dataset/dataset.ts';
import { linesOf } from '../../domain/dataset/records.ts';
import { startErasure } from '../../temporal/erasures.ts';
import { operator, readReason, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { followToEnd } from '../progress.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly person: string;
  readonly mention?: readonly string[];
  readonly reason: string;
  readonly by?: string;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function eraseCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset with personal data')
    .requiredOption(
      '--person <id>',
      'who, as the dataset names persons (checkout.events and checkout.users: user_id)',
    )
    .option(
      '--mention <text>',
      'another text that identifies them, such as an email: lines that contain it go as well; may be repeated',
      repeatable,
    )
    .requiredOption('--reason <text>', 'why; stands in the proof, so it must not say who')
    .option('--by <name>', 'who erases (default: your user name)')
    .option('--dry-run', 'count what would go, and change nothing; waits')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => erase(context, dataset, options)),
    );
}

export function erasuresCommand(command: Command, run: Run): void {
  command
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => run(options.json, (context) => list(context)));
}

const LONGEST = 200;

const PROOFS = 100;

async function erase(context: CliContext, dataset: string, options: Options): Promise<number> {
  const found = context.catalog.find(dataset);
  if (!isOfRecords(found) || !linesOf(found)?.person)
    throw new UsageError(`${dataset} has no field that names a person: nobody can be erased from it`);
  const person = readText('--person', options.person);
  const mentions = (options.mention ?? []).map((text) => readText('--mention', text));
  const reason = readReason(options.reason);
  const { dryRun = false, wait } = options;
  const temporal = await context.temporal();
  const wanted = { dataset, person, mentions, reason, by: operator(options.by), dryRun };
  const erasure = await transaction(context.database(), (sql) => insertErasure(sql, wanted));
  const started = await startErasure(temporal, dataset, erasure);
  const { workflowId, runId } = started;
  const link = context.link(workflowId, runId);
  if (!wait && !dryRun) {
    context.print({ workflowId, runId, link }, () => `${workflowId} is running: ${link}`);
    return 0;
  }
  context.note(`${workflowId}: ${link}`);
  const result = await followToEnd(started, context);
  context.print({ workflowId, runId, link, ...result }, () => result.summary);
  return (result.result?.leftOver ?? 0) === 0 ? 0 : 1;
}

/** @throws UsageError */
function readText(option: string, text: string): string {
  if (text.trim() === text && text !== '' && text.length <= LONGEST) return text;
  throw new UsageError(
    `${option} has ${text.length} characters: write 1 to ${LONGEST}, without space around them`,
  );
}

async function list(context: CliContext): Promise<number> {
  const proofs = await listErasures(context.database(), PROOFS);
  context.print(proofs, () =>
    proofs.length === 0 ? 'Nobody was erased.' : table(['erasure', ...HEADINGS], proofs.map(rowOf)),
  );
  return 0;
}

const HEADINGS = [
  'dataset',
  'requested',
  'by',
  'finished',
  'lines',
  'payloads',
  'versions',
  'findings',
  'left',
  'naming',
  'why',
];

function rowOf(proof: ErasureProof): string[] {
  const { id, dataset, requestedAt, requestedBy, finishedAt, dryRun, reason } = proof;
  const counts = [proof.linesRemoved, proof.payloadsRewritten, proof.versionsRemoved, proof.findingsRemoved];
  return [
    ...[`${id}`, dataset, instant(requestedAt), requestedBy, finishedAt ? instant(finishedAt) : 'not yet'],
    ...[...counts, proof.leftOver, proof.linesNaming].map((count) => (count === null ? '' : `${count}`)),
    dryRun ? `dry run: ${reason}` : reason,
  ];
}
