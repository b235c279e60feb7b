/** Stores lines as payloads of their units and folds them, inside the caller's transaction. */
import type { Sql } from '../../db/connection/client.ts';
import { erasedPersons } from '../../db/queries/payloads/erasures.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { findPayload, insertPayload, lastWord, touchPayload } from '../../db/queries/payloads/payloads.ts';
import { lockRecords } from '../../db/queries/records/records.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import { linesOf, type RecordDataset, type RecordLines } from '../../domain/dataset/records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { droppingErased } from '../erase/drop-erased.ts';
import { foldUnit } from '../fold/fold-unit.ts';
import type { LineSorter } from './sort-lines.ts';

export type LineDataset = RecordDataset & { readonly lines: RecordLines };

/** @throws Failure BAD_INPUT for a dataset that does not take records line by line. */
export function ofLines(dataset: Dataset): LineDataset {
  const lines = isOfRecords(dataset) ? linesOf(dataset) : undefined;
  if (lines) return { ...dataset, lines } as LineDataset;
  throw new Failure('BAD_INPUT', `${dataset.id} does not take records line by line`);
}

export interface FoldedLines {
  readonly payloads: number;
  readonly newRecords: number;
  readonly revisedRecords: number;
  readonly endedRecords: number;
  /** Lines that are quarantined. */
  readonly heldBack: number;
}

/** @param about where the lines are from. */
export async function foldLines(
  sql: Sql,
  dataset: LineDataset,
  sorted: LineSorter,
  now: Date,
  about: { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<FoldedLines> {
  await lockRecords(sql, dataset.id);
  const withoutErased = droppingErased(dataset, await erasedPersons(sql, dataset.id));
  const done = { payloads: 0, newRecords: 0, revisedRecords: 0, endedRecords: 0, heldBack: 0 };
  for (const [day, lines] of sorted.bodies()) {
    const body = withoutErased(lines);
    if (body.length === 0) continue;
    const packed = await packBody(body);
    const known = await knownPayload(sql, dataset, day, packed.sha256);
    if (known !== undefined) {
      await touchPayload(sql, known, now);
      continue;
    }
    const from = {
      runId: null,
      spanAnswerId: null,
      status: 202,
      headers: about.headers ?? {},
      url: about.url,
    };
    const { id } = await insertPayload(sql, { dataset: dataset.id, day, fetchedAt: now, ...packed, ...from });
    const folded = await foldUnit(sql, dataset, day, { stored: { id, body } });
    done.payloads += 1;
    done.newRecords += folded.newPoints;
    done.revisedRecords += folded.revisedPoints;
    done.endedRecords += folded.nulledPoints;
    done.heldBack += folded.held ?? 0;
  }
  return done;
}

/** The payload that said the same, when what it says is still there: where the last word counts, it must be the last. */
async function knownPayload(
  sql: Sql,
  { id: dataset, versions }: LineDataset,
  day: CivilDay,
  sha256: Buffer,
): Promise<number | undefined> {
  if (versions !== 'by-arrival') return await findPayload(sql, { dataset, day, sha256 });
  const last = await lastWord(sql, dataset, day);
  return last?.sha256.equals(sha256) ? last.id : undefined;
}
