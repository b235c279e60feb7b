/**
 * How decisions about records quote what a finding says. If it may contain personal data they store a salted sha256: decisions stay when
 * the person is erased.
 */
import type { Sql } from '../../db/connection/client.ts';
import { fingerprints } from '../../db/queries/days/decisions.ts';
import { hasPersonalFields } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { saidBy } from '../../domain/interpret/decision.ts';
import type { Finding } from '../../domain/interpret/finding.ts';

type Said = Pick<Finding, 'raw' | 'reason'>;

/** @returns a function for these findings. */
export async function saidOfFindings(
  sql: Sql,
  dataset: RecordDataset,
  findings: readonly Said[],
): Promise<(found: Said) => string> {
  if (!hasPersonalFields(dataset) || findings.length === 0) return saidBy;
  const texts = [...new Set(findings.map(saidBy))];
  const known = await fingerprints(sql, dataset.id, texts);
  return (found) => known.get(saidBy(found)) as string;
}
