/**
 * Activity `validateDay`: what a stored payload means by the dataset's decoder and checks. Writes nothing: the verdict is
 * for people and for the workflow; the findings are written with the data, in one transaction.
 */

import { loadPayload } from '../db/queries/payloads.ts';
import type { Interpretation } from '../domain/interpret.ts';
import type { Verdict } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { interpretStored } from './interpret-stored.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createValidateDay({
  catalog,
  database,
  retryRules,
}: Dependencies): (input: { payloadId: number }) => Promise<Verdict> {
  return temporalActivity(async ({ payloadId }) => {
    const payload = await loadPayload(database, payloadId);
    return verdictOf(await interpretStored(database, catalog.get(payload.dataset), payload));
  }, retryRules);
}

function verdictOf({ kind, points, findings }: Interpretation): Verdict {
  const byRule: Record<string, number> = {};
  for (const { rule } of findings) byRule[rule] = (byRule[rule] ?? 0) + 1;
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
  return `${points} points of ${series} series can be written${blocked > 0 ? `, ${blocked} are held back` : ''}; findings: ${rules || 'none'}`;
}
