/** A value back to everything it came from: every version, the payload of each with the place in it, and what was found. */

import { isPolled, type SeriesDataset } from '../domain/any-dataset.ts';
import { dayAt } from '../domain/civil-day.ts';
import { AnswerRefused } from '../domain/finding.ts';
import type { Sql } from './client.ts';
import { bodyOf } from './payload-body.ts';
import { type PayloadFacts, payloadFacts, type Version, versionsOf } from './queries/explain.ts';
import { loadPayload } from './queries/payloads.ts';
import { findingsAbout, type StoredFinding } from './queries/quarantine.ts';

export interface ExplainedVersion extends Version {
  readonly payload: PayloadFacts | undefined;
  /** Where the value stands in the payload, in the payload's own terms; null where that is not known, as in files. */
  readonly place: string | null;
}

export interface ExplainedPoint {
  /** Oldest first. */
  readonly versions: readonly ExplainedVersion[];
  readonly findings: readonly StoredFinding[];
}

/** Undefined when nothing is known of the point: no value was written, and none is held back. */
export async function explainPoint(
  sql: Sql,
  dataset: SeriesDataset,
  series: string,
  startsAt: Date,
): Promise<ExplainedPoint | undefined> {
  const day = dayAt(startsAt.getTime(), dataset.source.timeZone);
  const versions = await versionsOf(sql, dataset.id, series, startsAt);
  const findings = await findingsAbout(sql, dataset.id, day, series, startsAt);
  const heldBack = findings.some((found) => found.series === series || found.severity === 'block');
  if (versions.length === 0 && !heldBack) return undefined;
  const explained: ExplainedVersion[] = [];
  // One after the other: each unpacks a whole answer.
  for (const version of versions) {
    const [payload] = await payloadFacts(sql, [version.payloadId]);
    // The bytes of a part of a file are where the workers read it.
    const place = isPolled(dataset) ? await placeOf(sql, dataset, version.payloadId, series, startsAt) : null;
    explained.push({ ...version, payload, place });
  }
  return { versions: explained, findings };
}

async function placeOf(
  sql: Sql,
  dataset: SeriesDataset,
  payloadId: number,
  series: string,
  startsAt: Date,
): Promise<string | null> {
  if (!isPolled(dataset)) return null;
  const body = await bodyOf(await loadPayload(sql, payloadId));
  try {
    const { points } = dataset.decode(body);
    const found = points.find((p) => p.series === series && p.startsAtMs === startsAt.getTime());
    return found?.place ?? null;
  } catch (error) {
    // A decoder of today may refuse what one of then has read.
    if (error instanceof AnswerRefused) return null;
    throw error;
  }
}
