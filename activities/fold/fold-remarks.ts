/**
 * The remarks of a payload that means the same as the one before it, in other bytes: what was odd may have gone or come
 * with the bytes. Part of the law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import { insertFindings, standingRemarks, supersedeFindings } from '../../db/queries/days/findings.ts';
import type { FoldEntry } from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { type SettledFinding, storableText } from '../../domain/interpret/decision.ts';

/** Remarks that a payload earns by what was there before it: equal content leaves them as true as they were. */
const FOUND_BY_COMPARING = ['new_series', 'vanished'];

/** Remarks that this payload confirms stay as they are, those it does not are superseded, new ones are added. */
export async function foldRemarks(
  sql: Sql,
  scope: DayScope,
  { id, fetchedAt }: FoldEntry,
  findings: readonly SettledFinding[],
): Promise<void> {
  const said = findings.filter(({ severity }) => severity !== 'block');
  const standing = await standingRemarks(sql, scope, FOUND_BY_COMPARING);
  const confirmed = new Set(said.map(nameOf));
  const gone = standing.filter((remark) => remark.isOpen && !confirmed.has(nameOf(remark)));
  await supersedeFindings(
    sql,
    gone.map((remark) => remark.id),
    fetchedAt,
  );
  const known = new Set(standing.map(nameOf));
  await insertFindings(
    sql,
    scope,
    id,
    fetchedAt,
    said.filter((remark) => !known.has(nameOf(remark))),
  );
}

type Named = Pick<
  SettledFinding,
  'rule' | 'severity' | 'series' | 'startsAtMs' | 'points' | 'raw' | 'reason'
>;

/** What a remark says, wherever in its payload. */
function nameOf({ rule, severity, series, startsAtMs, points, raw, reason }: Named): string {
  const text = [raw, reason].map((part) => (part === null ? null : storableText(part)));
  return JSON.stringify([rule, severity, series, startsAtMs, points, ...text]);
}
