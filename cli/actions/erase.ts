/** What `tidemark erase` and `tidemark erasures` do. */

import { transaction } from '../../db/connection/client.ts';
import { type ErasureProof, insertErasure, listErasures } from '../../db/queries/payloads/erasures.ts';
import { isOfRecords } from '../../domain/dataset/dataset.ts';
import { linesOf } from '../../domain/dataset/records.ts';
import { startErasure } from '../../temporal/erasures.ts';
import type { Options } from '../commands/erase.ts';
import type { CliContext } from '../context.ts';
import { operator, readReason } from '../operator.ts';
import { followToEnd } from '../progress.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const LONGEST = 200;

const PROOFS = 100;

export async function erase(context: CliContext, dataset: string, options: Options): Promise<number> {
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

export async function list(context: CliContext): Promise<number> {
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
