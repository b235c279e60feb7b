/**
 * Updates the findings of a unit: a repeated one stays, with what a person decided about it; one that no longer applies is superseded; new
 * ones are added. Part of the law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import { fingerprints } from '../../db/queries/days/decisions.ts';
import {
  type FindingsOf,
  insertFindings,
  type OpenFinding,
  openFindingsOf,
  supersedeFindings,
} from '../../db/queries/days/findings.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { hasPersonalFields } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { findingText, type SettledFinding, storableText } from '../../domain/interpret/decision.ts';
import type { Finding } from '../../domain/interpret/finding.ts';

/** What a payload, or a request without a payload, reports. */
export interface ReportedFindings {
  /** Null for what was noticed during the request. */
  readonly payloadId: number | null;
  readonly at: Date;
  readonly findings: readonly SettledFinding[];
  /** Which earlier findings it may confirm or end; without it: none. */
  readonly over?: FindingsOf;
  /** Whether it ends an earlier one that it does not confirm. @default all of them */
  readonly ends?: (open: OpenFinding) => boolean;
}

/** @returns the change in the number of quarantined points. */
export async function keepFindings(
  sql: Sql,
  unit: Pick<DayScope, 'dataset' | 'day'>,
  { payloadId, at, findings, over, ends = () => true }: ReportedFindings,
): Promise<number> {
  const open = over === undefined ? [] : await openFindingsOf(sql, unit, over);
  const { fresh, unconfirmed } = differenceOf(open, findings);
  const gone = unconfirmed.filter((found) => found.isOpen && ends(found));
  await supersedeFindings(
    sql,
    gone.map(({ id }) => id),
    at,
  );
  await insertFindings(sql, unit, payloadId, at, fresh);
  return blockedPoints(fresh.filter(({ settled }) => !settled)) - blockedPoints(gone);
}

interface Difference {
  readonly fresh: readonly SettledFinding[];
  readonly unconfirmed: readonly OpenFinding[];
}

/** The same finding may occur several times, at several positions of a payload. */
function differenceOf(open: readonly OpenFinding[], findings: readonly SettledFinding[]): Difference {
  const byKey = new Map<string, OpenFinding[]>();
  for (const found of open) byKey.set(keyOf(found), [...(byKey.get(keyOf(found)) ?? []), found]);
  const fresh = findings.filter((found) => byKey.get(keyOf(found))?.shift() === undefined);
  return { fresh, unconfirmed: [...byKey.values()].flat() };
}

/** What a finding says, wherever it is in its payload. */
function keyOf({
  rule,
  severity,
  series,
  startsAtMs,
  points,
  raw,
  reason,
}: Omit<SettledFinding, 'place' | 'settled'>): string {
  const texts = [raw, reason].map((text) => (text === null ? null : storableText(text)));
  return JSON.stringify([rule, severity, series, startsAtMs, points, ...texts]);
}

function blockedPoints(findings: readonly Pick<SettledFinding, 'severity' | 'points'>[]): number {
  return findings.reduce((sum, { severity, points }) => sum + (severity === 'block' ? points : 0), 0);
}

// How decisions about records quote what a finding says. If it may contain personal data they store a salted sha256: decisions stay when
// the person is erased.

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
