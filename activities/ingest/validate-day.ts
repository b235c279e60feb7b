/**
 * Activity `validateDay`: what a stored payload, or those of the parts of a day, mean by the dataset's decoder and checks. Writes no data:
 * the result is for people and for the workflow; the findings are written with the data, in one transaction.
 */

import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload } from '../../db/queries/payloads/payloads.ts';
import { isPulledRecords } from '../../domain/dataset/dataset.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import type { Interpretation } from '../../domain/interpret/interpret.ts';
import { interpretRecords, type RecordInterpretation } from '../../domain/interpret/interpret-records.ts';
import type { PayloadsToValidate, ValidationResult } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { interpretStored } from '../fold/interpret-stored.ts';
import { ensureSeries } from '../fold/point-columns.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { pulledDataset } from './source-settings.ts';

export function createValidateDay({
  catalog,
  database,
  retryRules,
}: Dependencies): (input: PayloadsToValidate) => Promise<ValidationResult> {
  const validate = async (payloadId: number): Promise<ValidationResult> => {
    const payload = await loadPayload(database, payloadId);
    const dataset = pulledDataset(catalog, payload.dataset);
    if (!isPulledRecords(dataset)) {
      const read = await interpretStored(database, dataset, payload);
      // Series are catalogued here, each part by itself: parts arrive in any order, and concurrent days that write theirs one after the
      // other in one transaction would deadlock on each other's new series and on chunks of the table.
      if (payload.part !== '') await ensureSeries(database, dataset, payload.id, read.points, []);
      return validationOf(read);
    }
    return validationOfRecords(interpretRecords(dataset, payload.day, await bodyOf(database, payload)));
  };
  return temporalActivity(async ({ payloadIds }) => {
    const results: ValidationResult[] = [];
    for (const id of payloadIds) results.push(await validate(id));
    return results.length === 1 ? (results[0] as ValidationResult) : together(results);
  }, retryRules);
}

/** The result of several parts; unusable ones are named in the ledger and by the findings. */
function together(results: readonly ValidationResult[]): ValidationResult {
  const sum = (pick: (result: ValidationResult) => number) => results.reduce((n, each) => n + pick(each), 0);
  const findings: Record<string, number> = {};
  for (const result of results)
    for (const [rule, n] of Object.entries(result.findings)) findings[rule] = (findings[rule] ?? 0) + n;
  const [points, series] = [sum((result) => result.points), sum((result) => result.series)];
  const used = results.filter(({ kind }) => kind === 'points').length;
  const rules = Object.keys(findings).join(', ') || 'none';
  const summary = `${used} of ${results.length} responses have points: ${points} points of ${series} series can be written; findings: ${rules}`;
  return { kind: used > 0 ? 'points' : 'empty', points, series, findings, summary };
}

function countByRule(findings: readonly Finding[]): Record<string, number> {
  const byRule: Record<string, number> = {};
  for (const { rule } of findings) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return byRule;
}

function validationOfRecords({ kind, records, findings }: RecordInterpretation): ValidationResult {
  const byRule = countByRule(findings);
  const rules = Object.keys(byRule).join(', ') || 'none';
  const summary =
    kind === 'refused'
      ? summaryOf(kind, 0, 0, findings)
      : `${records.length} records can be written; findings: ${rules}`;
  return { kind, points: records.length, series: 0, findings: byRule, summary };
}

function validationOf({ kind, points, findings }: Interpretation): ValidationResult {
  const byRule = countByRule(findings);
  const series = new Set(points.map(({ series }) => series)).size;
  return {
    kind,
    points: points.length,
    series,
    findings: byRule,
    summary: summaryOf(kind, points.length, series, findings),
  };
}

function summaryOf(
  kind: Interpretation['kind'],
  points: number,
  series: number,
  findings: Interpretation['findings'],
): string {
  if (kind === 'empty')
    return (
      findings.find(({ rule }) => rule === 'waits_for_input')?.reason ?? 'the source has nothing for this day'
    );
  if (kind === 'refused') return `the answer was refused: ${findings[0]?.reason ?? 'no reason given'}`;
  const blocked = findings.filter(({ severity }) => severity === 'block').length;
  const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ');
  return `${points} points of ${series} series can be written${blocked > 0 ? `, ${blocked} are quarantined` : ''}; findings: ${rules || 'none'}`;
}
