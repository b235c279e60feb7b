/**
 * How decisions about records quote what a finding says. If it may contain personal data they store a salted sha256: decisions stay when
 * the person is erased.
 */
import type { Sql } from '../../db/connection/client.ts';
import { fingerprints } from '../../db/queries/days/decisions.ts';
import { hasPersonalFields } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { findingText } from '../../domain/interpret/decision.ts';
import type { Finding } from '../../domain/interpret/finding.ts';

type FindingWords = Pick<Finding, 'raw' | 'reason'>;

/** @returns a function for these findings. */
export async function textsOfFindings(
  sql: Sql,
  dataset: RecordDataset,
  findings: readonly FindingWords[],
): Promise<(found: FindingWords) => string> {
  if (!hasPersonalFields(dataset) || findings.length === 0) return findingText;
  const texts = [...new Set(findings.map(findingText))];
  const known = await fingerprints(sql, dataset.id, texts);
  return (found) => known.get(findingText(found)) as string;
}
