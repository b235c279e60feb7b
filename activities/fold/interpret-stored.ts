/** What a stored payload means, by today's decoder and checks. The same for validating, writing and folding again. */
import type { Sql } from '../../db/connection/client.ts';
import { bodyOf, sha256 } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload, type PayloadBytes, payloadsOfDay } from '../../db/queries/payloads/payloads.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointDataset, PulledPoints, PushedPoints } from '../../domain/dataset/points.ts';
import { windowOf } from '../../domain/days/batches.ts';
import { type Interpretation, type IsYesterdays, interpret } from '../../domain/interpret/interpret.ts';
import { interpretSent } from '../../domain/interpret/interpret-sent.ts';
import { interpretLines } from '../../domain/lines/interpret-lines.ts';
import { addDays, type CivilDay, type Interval } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';

export async function interpretStored(
  sql: Sql,
  dataset: PointDataset,
  payload: PayloadBytes,
): Promise<Interpretation> {
  const body = await bodyOf(payload);
  if (payload.part) return interpretPart(dataset as FiledPoints, payload.day, payload.part, body);
  if (payload.isSent) return interpretSent(dataset as PushedPoints, payload.day, body);
  if (!isPulledPoints(dataset))
    throw new Error(
      `payload ${payload.id} of ${dataset.id} is no part of a file, and nobody is asked for it`,
    );
  const needsYesterday = dataset.checks.some(({ needs }) => needs?.includes('yesterday'));
  const yesterday = needsYesterday ? await yesterdaysContent(sql, dataset, payload, body) : undefined;
  const isYesterdays: IsYesterdays = (canonical) => yesterday?.equals(sha256(canonical)) ?? false;
  return interpret(dataset, payload.day, body, isYesterdays, askedFor(dataset, payload));
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
  }: NonNullable<PayloadBytes['part']>,
  body: Buffer,
): Interpretation {
  const at = { firstByte, firstLine, days: { first, last } };
  return interpretLines(dataset, day, body, form, at).interpretation;
}

/** The window of the request that brought this payload. */
function askedFor(dataset: PulledPoints, { day, batchFrom, batchTo }: PayloadBytes): Interval {
  return batchFrom && batchTo ? windowOf(dataset, [batchFrom, batchTo]) : deliveryInterval(dataset, day);
}

/**
 * What the day before held when a payload was fetched. An answer to both days says it itself: whether the other day's run
 * has taken it by now must not matter.
 */
async function yesterdaysContent(
  sql: Sql,
  dataset: PulledPoints,
  payload: PayloadBytes,
  body: Buffer,
): Promise<Buffer | undefined> {
  const yesterday = addDays(payload.day, -1);
  if (payload.batchFrom && yesterday >= payload.batchFrom) {
    const read = interpret(dataset, yesterday, body, undefined, askedFor(dataset, payload));
    if (read.kind !== 'refused') return sha256(read.canonical);
  }
  return await contentBefore(sql, dataset, yesterday, payload.fetchedAt);
}

/**
 * The content of the last usable payload of a day that was there at an instant. A payload that waits to be folded, or
 * that another decoder folded, is read on the spot: otherwise the answer would depend on which of two days happened to be
 * folded first.
 */
async function contentBefore(
  sql: Sql,
  dataset: PulledPoints,
  day: CivilDay,
  at: Date,
): Promise<Buffer | undefined> {
  const payloads = (await payloadsOfDay(sql, dataset.id, day)).filter(({ fetchedAt }) => fetchedAt <= at);
  for (const { id, kind, contentSha256, decoderVersion } of payloads.reverse()) {
    const isFolded = decoderVersion === dataset.decoderVersion;
    if (isFolded && kind === 'refused') continue;
    if (isFolded) return contentSha256 ?? undefined;
    const payload = await loadPayload(sql, id);
    const body = await bodyOf(payload);
    const read = interpret(dataset, day, body, undefined, askedFor(dataset, payload));
    if (read.kind !== 'refused') return sha256(read.canonical);
  }
  return undefined;
}
