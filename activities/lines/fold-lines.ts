/** Stores lines as payloads of their units and folds them, inside the caller's transaction. */

import { createHash } from 'node:crypto';
import type { Sql } from '../../db/connection/client.ts';
import { lockDays } from '../../db/queries/files/file-days.ts';
import { type ErasedPersons, erasedPersons } from '../../db/queries/payloads/erasures.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import {
  findPayload,
  insertPayload,
  lastWord,
  latestPayload,
  SENT,
  touchPayload,
} from '../../db/queries/payloads/payloads.ts';
import { lockRecords } from '../../db/queries/records/records.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import { linesOf } from '../../domain/dataset/records.ts';
import { withoutLines } from '../../domain/records/erasure.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { foldUnit } from '../fold/fold-unit.ts';
import type { LineDataset, LineSorter } from './sort-lines.ts';

/** @throws Failure BAD_INPUT for a dataset that takes no lines. */
export function ofLines(dataset: Dataset): LineDataset {
  const lines = isOfRecords(dataset) ? linesOf(dataset) : dataset.push?.lines;
  if (lines) return { ...dataset, lines } as LineDataset;
  throw new Failure('BAD_INPUT', `${dataset.id} takes no lines: its definition has no "push"`);
}

export interface FoldedLines {
  readonly payloads: number;
  readonly newRecords: number;
  readonly revisedRecords: number;
  readonly endedRecords: number;
  /** Lines that are quarantined. */
  readonly quarantined: number;
}

/** @param about where the lines come from. */
export async function foldLines(
  sql: Sql,
  dataset: LineDataset,
  sorted: LineSorter,
  now: Date,
  about: { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<FoldedLines> {
  await lockUnits(sql, dataset, sorted);
  const withoutErased = droppingErased(dataset, await erasedPersons(sql, dataset.id));
  const done = { payloads: 0, newRecords: 0, revisedRecords: 0, endedRecords: 0, quarantined: 0 };
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
      batchResponseId: null,
      status: SENT,
      headers: about.headers ?? {},
      url: about.url,
    };
    const { id } = await insertPayload(sql, { dataset: dataset.id, day, fetchedAt: now, ...packed, ...from });
    const folded = await foldUnit(sql, dataset, day, { stored: { id, body } });
    done.payloads += 1;
    done.newRecords += folded.newPoints;
    done.revisedRecords += folded.revisedPoints;
    done.endedRecords += folded.nulledPoints;
    done.quarantined += folded.held;
  }
  return done;
}

/** A record may arrive on any day, so a dataset of records has one writer; a point belongs to its day. */
async function lockUnits(sql: Sql, dataset: LineDataset, sorted: LineSorter): Promise<void> {
  if (isOfRecords(dataset)) await lockRecords(sql, dataset.id);
  else await lockDays(sql, dataset.id, sorted.units());
}

/** The payload that said the same, if it still counts: where the latest one counts, it must be the latest. */
async function knownPayload(
  sql: Sql,
  of: LineDataset,
  day: CivilDay,
  sha256: Buffer,
): Promise<number | undefined> {
  const dataset = of.id;
  const isByVersion = isOfRecords(of) && of.versions !== 'by-arrival';
  if (isByVersion) return await findPayload(sql, { dataset, day, sha256 });
  const last = isOfRecords(of) ? await lastWord(sql, dataset, day) : await latestPayload(sql, dataset, day);
  return last?.sha256.equals(sha256) ? last.id : undefined;
}

// Drops lines of erased persons when they are sent again.

/** @returns a function that removes from a body the lines of erased persons that date from before their erasure. */
function droppingErased(
  { id, lines }: LineDataset,
  { salt, persons }: ErasedPersons,
): (body: Buffer) => Buffer {
  const erasedAtMs = new Map(persons.map(({ sha256, requestedAtMs }) => [sha256, requestedAtMs]));
  if (erasedAtMs.size === 0) return (body) => body;
  const untilMs = remembering((person) =>
    erasedAtMs.get(createHash('sha256').update(`${salt} ${id} ${person}`).digest('hex')),
  );
  const isGone = (line: string, header: string | undefined) => {
    const person = lines.person?.of(line, header);
    const until = person == null ? undefined : untilMs(person);
    // An event without a readable time does not count as later.
    return until !== undefined && (lines.instantOf(line, header) ?? 0) <= until;
  };
  return (body) => withoutLines(lines, body, isGone).body;
}

/** Cached: a user has several events in a piece. */
function remembering(of: (person: string) => number | undefined): (person: string) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (person) => {
    if (!known.has(person)) known.set(person, of(person));
    return known.get(person);
  };
}
