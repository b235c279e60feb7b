/**
 * Activity `validateDay`: what a stored payload means by the dataset's decoder and checks. Writes nothing: the result is
 * for people and for the workflow; the findings are written with the data, in one transaction.
 */

import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload } from '../../db/queries/payloads/payloads.ts';
import { isPulledRecords } from '../../domain/dataset/dataset.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import type { Interpretation } from '../../domain/interpret/interpret.ts';
import { interpretRecords, type RecordInterpretation } from '../../domain/interpret/interpret-records.ts';
import type { ValidationResult } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { interpretStored } from '../fold/interpret-stored.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { pulledDataset } from './pulled-dataset.ts';

export function createValidateDay({
  catalog,
  database,
  retryRules,
}: Dependencies): (input: { payloadId: number }) => Promise<ValidationResult> {
  return temporalActivity(async ({ payloadId }) => {
    const payload = await loadPayload(database, payloadId);
    const dataset = pulledDataset(catalog, payload.dataset);
    if (!isPulledRecords(dataset)) return validationOf(await interpretStored(database, dataset, payload));
    return validationOfRecords(interpretRecords(dataset, payload.day, await bodyOf(payload)));
  }, retryRules);
}

function countByRule(findings: readonly Finding[]): Record<string, number> {
  const byRule: Record<string, number> = {};
  for (const { rule } of findings) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return byRule;
}

function validationOfRecords({ kind, records, findings }: RecordInterpretation): ValidationResult {
  const byRule = countByRule(findings);
  const rules = Object.keys(byRule).join(', ') || 'none';
  const sentence =
    kind === 'refused'
      ? sentenceOf(kind, 0, 0, findings)
      : `${records.length} records can be written; findings: ${rules}`;
  return { kind, points: records.length, series: 0, findings: byRule, sentence };
}

function validationOf({ kind, points, findings }: Interpretation): ValidationResult {
  const byRule = countByRule(findings);
  const series = new Set(points.map(({ series }) => series)).size;
  return {
    kind,
    points: points.length,
    series,
    findings: byRule,
    sentence: sentenceOf(kind, points.length, series, findings),
  };
}

function sentenceOf(
  kind: Interpretation['kind'],
  points: number,
  series: number,
  findings: Interpretation['findings'],
): string {
  if (kind === 'empty') return 'the source has nothing for this day';
  if (kind === 'refused') return `the answer was refused: ${findings[0]?.reason ?? 'no reason given'}`;
  const blocked = findings.filter(({ severity }) => severity === 'block').length;
  const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ');
  return `${points} points of ${series} series can be written${blocked > 0 ? `, ${blocked} are quarantined` : ''}; findings: ${rules || 'none'}`;
}
