/** What a stored payload means, by today's decoder and checks. The same for validating, writing and folding again. */
import type { Sql } from '../db/client.ts';
import { loadPayload, type PayloadBytes, payloadsOfDay } from '../db/queries/payloads.ts';
import { addDays, type CivilDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { type Interpretation, type IsYesterdays, interpret } from '../domain/interpret.ts';
import { sha256, unpackBody } from './payload-body.ts';

export async function interpretStored(
  sql: Sql,
  dataset: DatasetDefinition,
  payload: PayloadBytes,
): Promise<Interpretation> {
  const { day, fetchedAt } = payload;
  const needsYesterday = dataset.checks.some((check) => check.needsYesterday);
  const yesterday = needsYesterday
    ? await contentBefore(sql, dataset, addDays(day, -1), fetchedAt)
    : undefined;
  const isYesterdays: IsYesterdays = (canonical) => yesterday?.equals(sha256(canonical)) ?? false;
  return interpret(dataset, day, await unpackBody(payload), isYesterdays);
}

/**
 * The content of the last usable payload of a day that was there at an instant. A payload that waits to be folded, or
 * that another decoder folded, is read on the spot: otherwise the answer would depend on which of two days happened to be
 * folded first.
 */
async function contentBefore(
  sql: Sql,
  dataset: DatasetDefinition,
  day: CivilDay,
  at: Date,
): Promise<Buffer | undefined> {
  const payloads = (await payloadsOfDay(sql, dataset.id, day)).filter(({ fetchedAt }) => fetchedAt <= at);
  for (const { id, kind, contentSha256, decoderVersion } of payloads.reverse()) {
    const isFolded = decoderVersion === dataset.decoderVersion;
    if (isFolded && kind === 'refused') continue;
    if (isFolded) return contentSha256 ?? undefined;
    const read = interpret(dataset, day, await unpackBody(await loadPayload(sql, id)));
    if (read.kind !== 'refused') return sha256(read.canonical);
  }
  return undefined;
}
