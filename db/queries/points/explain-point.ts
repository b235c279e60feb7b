/** A value back to everything it came from: every version, the payload of each with the place in it, and what was found. */

import { isPulledPoints } from '../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../domain/dataset/points.ts';
import { AnswerRefused } from '../../../domain/interpret/finding.ts';
import { findLines, placeOfLines } from '../../../domain/lines/find-lines.ts';
import { dayAt } from '../../../domain/time/civil-day.ts';
import { Failure } from '../../../domain/workflow/failures.ts';
import type { Sql } from '../../connection/client.ts';
import { findingsAbout, type StoredFinding } from '../days/quarantine.ts';
import { bodyOf } from '../payloads/payload-body.ts';
import { loadPayload, type PayloadBytes } from '../payloads/payloads.ts';
import { type PayloadFacts, payloadFacts, type Version, versionsOf } from './explain.ts';

/** Where a value stands in its payload. */
export interface PointPlace {
  /** In the payload's own terms: `data[3].border_AT_BE`, `line 146`; null where that is not known. */
  readonly place: string | null;
  /** The line of a file as it stands there, of several one below the other; null of other payloads. */
  readonly raw: string | null;
  /** Why the payload cannot be looked into, such as a file that is gone; null where it can. */
  readonly unread: string | null;
}

export interface ExplainedVersion extends Version, PointPlace {
  readonly payload: PayloadFacts | undefined;
}

export interface ExplainedPoint {
  /** Oldest first. */
  readonly versions: readonly ExplainedVersion[];
  readonly findings: readonly StoredFinding[];
}

/** Undefined when nothing is known of the point: no value was written, and none is quarantined. */
export async function explainPoint(
  sql: Sql,
  dataset: PointDataset,
  series: string,
  startsAt: Date,
): Promise<ExplainedPoint | undefined> {
  const day = dayAt(startsAt.getTime(), dataset.source.timeZone);
  const versions = await versionsOf(sql, dataset.id, series, startsAt);
  const findings = await findingsAbout(sql, dataset.id, day, series, startsAt);
  const quarantined = findings.some((found) => found.series === series || found.severity === 'block');
  if (versions.length === 0 && !quarantined) return undefined;
  const explained: ExplainedVersion[] = [];
  // One after the other: each unpacks a whole response.
  for (const version of versions) {
    const [payload] = await payloadFacts(sql, [version.payloadId]);
    const where = payload ? await placeOf(sql, dataset, payload.id, series, startsAt) : NOWHERE;
    explained.push({ ...version, payload, ...where });
  }
  return { versions: explained, findings };
}

const NOWHERE: PointPlace = { place: null, raw: null, unread: null };

async function placeOf(
  sql: Sql,
  dataset: PointDataset,
  payloadId: number,
  series: string,
  startsAt: Date,
): Promise<PointPlace> {
  const payload = await loadPayload(sql, payloadId);
  try {
    if (payload.part) return await lineOf(payload, series, startsAt);
    if (!isPulledPoints(dataset)) return NOWHERE;
    const { points } = dataset.pull.decode(await bodyOf(payload));
    const found = points.find((p) => p.series === series && p.startsAtMs === startsAt.getTime());
    return { ...NOWHERE, place: found?.place ?? null };
  } catch (error) {
    // A decoder of today may refuse what one of then has read.
    if (error instanceof AnswerRefused) return NOWHERE;
    if (error instanceof Failure) return { ...NOWHERE, unread: error.message };
    throw error;
  }
}

/** @throws Failure FILE_CHANGED when the file is gone or another one. */
async function lineOf(payload: PayloadBytes, series: string, startsAt: Date): Promise<PointPlace> {
  const { part } = payload;
  if (!part) return NOWHERE;
  const { byteFrom: firstByte, firstLine, form } = part;
  const at = { firstByte, firstLine };
  const lines = findLines(await bodyOf(payload), form, at, series, startsAt.getTime());
  if (lines.length === 0) return NOWHERE;
  const raw = lines.map(({ text }) => text).join('\n');
  return { ...NOWHERE, place: placeOfLines(lines), raw };
}
