/** What a stored payload means, by today's decoder and checks. Shared by validating, writing and folding again. */
import type { Sql } from '../../db/connection/client.ts';
import { bodyOf, sha256 } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload, type PayloadBytes, payloadsOfDay } from '../../db/queries/payloads/payloads.ts';
import { isDerived, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointDataset, PulledPoints, PushedPoints } from '../../domain/dataset/points.ts';
import { answerOf } from '../../domain/days/answer-of.ts';
import { interpretComputed } from '../../domain/interpret/computed.ts';
import {
  type Interpretation,
  type IsYesterdays,
  interpretDecoded,
  type TextInterpretation,
} from '../../domain/interpret/interpret.ts';
import { interpretSent } from '../../domain/interpret/interpret-sent.ts';
import { interpretLines } from '../../domain/lines/interpret-lines.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import { decodedFor } from './decoded-batches.ts';

export async function interpretStored(
  sql: Sql,
  dataset: PointDataset,
  payload: PayloadBytes,
): Promise<Interpretation> {
  if (isPulledPoints(dataset) && !payload.filePart && !payload.isSent)
    return await interpretPulled(sql, dataset, payload);
  const body = await bodyOf(sql, payload);
  if (isDerived(dataset)) return interpretComputed(dataset, payload.day, body);
  if (payload.filePart) return interpretPart(dataset as FiledPoints, payload.day, payload.filePart, body);
  if (payload.isSent) return interpretSent(dataset as PushedPoints, payload.day, body);
  throw new Error(`payload ${payload.id} of ${dataset.id} is no part of a file, and cannot be requested`);
}

async function interpretPulled(
  sql: Sql,
  dataset: PulledPoints,
  payload: PayloadBytes,
): Promise<Interpretation> {
  const needsYesterday = dataset.checks.some(({ needs }) => needs?.includes('yesterday'));
  const yesterday = needsYesterday ? await yesterdaysContent(sql, dataset, payload) : undefined;
  const isYesterdays: IsYesterdays = (canonical) => yesterday?.equals(sha256(canonical)) ?? false;
  return await readFor(sql, dataset, payload, payload.day, isYesterdays);
}

/** @param day one of those that the response covers */
async function readFor(
  sql: Sql,
  dataset: PulledPoints,
  payload: PayloadBytes,
  day: CivilDay,
  isYesterdays: IsYesterdays = () => false,
): Promise<TextInterpretation> {
  const decode = await decodedFor(sql, dataset, payload, day);
  return interpretDecoded(dataset, day, decode, isYesterdays, answerOf(dataset, payload, day));
}

function interpretPart(
  dataset: FiledPoints,
  day: CivilDay,
  {
    byteFrom: firstByte,
    firstLine,
    form,
    loadedFrom: first,
    loadedTo: last,
  }: NonNullable<PayloadBytes['filePart']>,
  body: Buffer,
): Interpretation {
  const at = { firstByte, firstLine, days: { first, last } };
  return interpretLines(dataset, day, body, form, at).interpretation;
}

/**
 * What the day before held when a payload was fetched. A response to both days contains it: whether the other day's run has taken it by now
 * must not matter.
 */
async function yesterdaysContent(
  sql: Sql,
  dataset: PulledPoints,
  payload: PayloadBytes,
): Promise<Buffer | undefined> {
  const yesterday = addDays(payload.day, -1);
  if (payload.batchFrom && yesterday >= payload.batchFrom) {
    const read = await readFor(sql, dataset, payload, yesterday);
    if (read.kind !== 'refused') return sha256(read.canonical);
  }
  return await contentBefore(sql, dataset, yesterday, payload);
}

/**
 * The content of the last usable payload of the same part of a day that existed when a payload was fetched. One not yet folded, or folded
 * by another decoder, is read on the spot: otherwise the result would depend on which of the two days was folded first.
 */
async function contentBefore(
  sql: Sql,
  dataset: PulledPoints,
  day: CivilDay,
  { fetchedAt: at, part }: PayloadBytes,
): Promise<Buffer | undefined> {
  const payloads = (await payloadsOfDay(sql, dataset.id, day)).filter(
    (payload) => payload.fetchedAt <= at && payload.part === part,
  );
  for (const { id, kind, contentSha256, decoderVersion } of payloads.reverse()) {
    const isFolded = decoderVersion === dataset.decoderVersion;
    if (isFolded && kind === 'refused') continue;
    if (isFolded) return contentSha256 ?? undefined;
    const payload = await loadPayload(sql, id);
    const read = await readFor(sql, dataset, payload, day);
    if (read.kind !== 'refused') return sha256(read.canonical);
  }
  return undefined;
}
