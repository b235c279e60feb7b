/** Traces a value to its origin: every version, the payload of each with the position in it, and the findings. */

import { isDerived, isPulledPoints } from '../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../domain/dataset/points.ts';
import { answerOf } from '../../../domain/days/answer-of.ts';
import { decodeComputed, type InputDay, inputsOfBody } from '../../../domain/interpret/computed.ts';
import { AnswerRefused } from '../../../domain/interpret/finding.ts';
import { findLines, placeOfLines } from '../../../domain/lines/find-lines.ts';
import { dayAt } from '../../../domain/time/civil-day.ts';
import { Failure } from '../../../domain/workflow/failures.ts';
import type { Sql } from '../../connection/client.ts';
import { findingsAbout, type StoredFinding } from '../days/quarantine.ts';
import { bodyOf } from '../payloads/payload-body.ts';
import { loadPayload, type PayloadBytes } from '../payloads/payloads.ts';
import { type PayloadFacts, payloadFacts, type Version, versionsOf } from './explain.ts';

/** A day of an input from which a value was computed, and the payloads behind what it held then. */
export interface ExplainedInput extends Pick<InputDay, 'dataset' | 'day'> {
  readonly payloads: readonly PayloadFacts[];
}

/** Where a value is in its payload. */
export interface PointPlace {
  /** In the payload's own terms: `data[3].border_AT_BE`, `line 146`; null if unknown. */
  readonly place: string | null;
  /** The line as it is in the file, or several lines; null for other payloads. */
  readonly raw: string | null;
  /** Why the payload cannot be read, such as a missing file; null if it can. */
  readonly unread: string | null;
}

export interface ExplainedVersion extends Version, PointPlace {
  readonly payload: PayloadFacts | undefined;
  /** What it was computed from; empty if it was not. */
  readonly inputs: readonly ExplainedInput[];
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
    const inputs = payload && isDerived(dataset) ? await inputsOf(sql, payload.id) : [];
    explained.push({ ...version, payload, ...where, inputs });
  }
  return { versions: explained, findings };
}

/** The inputs of a computed payload, each day of each dataset once. */
async function inputsOf(sql: Sql, payloadId: number): Promise<ExplainedInput[]> {
  const days = inputsOfBody(await bodyOf(sql, await loadPayload(sql, payloadId)));
  const explained: ExplainedInput[] = [];
  for (const { dataset, day, payloads } of days) {
    if (explained.some((input) => input.dataset === dataset && input.day === day)) continue;
    explained.push({ dataset, day, payloads: await payloadFacts(sql, payloads) });
  }
  return explained;
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
    if (payload.filePart) return await lineOf(sql, payload, series, startsAt);
    const body = await bodyOf(sql, payload);
    const decoded = isDerived(dataset)
      ? decodeComputed(body)
      : isPulledPoints(dataset) && dataset.pull.decode(body, answerOf(dataset, payload));
    if (!decoded) return NOWHERE;
    const { points } = decoded;
    const found = points.find((p) => p.series === series && p.startsAtMs === startsAt.getTime());
    return { ...NOWHERE, place: found?.place ?? null };
  } catch (error) {
    // Today's decoder may refuse what an older one could read.
    if (error instanceof AnswerRefused) return NOWHERE;
    if (error instanceof Failure) return { ...NOWHERE, unread: error.message };
    throw error;
  }
}

/** @throws Failure FILE_CHANGED when the file is missing or has changed. */
async function lineOf(sql: Sql, payload: PayloadBytes, series: string, startsAt: Date): Promise<PointPlace> {
  const { filePart: part } = payload;
  if (!part) return NOWHERE;
  const { byteFrom: firstByte, firstLine, form } = part;
  const at = { firstByte, firstLine };
  const lines = findLines(await bodyOf(sql, payload), form, at, series, startsAt.getTime());
  if (lines.length === 0) return NOWHERE;
  const raw = lines.map(({ text }) => text).join('\n');
  return { ...NOWHERE, place: placeOfLines(lines), raw };
}
