/**
 * A part of a unit that both the source and stand-in files cover: each payload is folded beside the last usable one of the other, so that
 * the result does not depend on which came first. Part of the law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import { type FoldEntry, loadPayload } from '../../db/queries/payloads/payloads.ts';
import { currentValues, type DayScope } from '../../db/queries/points/observations.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { intervalSeconds } from '../../domain/dataset/points.ts';
import { isStandInPart, standInPart } from '../../domain/dataset/stand-in.ts';
import { type Decision, settle, settleFindings } from '../../domain/interpret/decision.ts';
import type { Interpretation, Point } from '../../domain/interpret/interpret.ts';
import {
  Coverage,
  DIFFERS,
  differences,
  isCovered,
  withoutCovered,
} from '../../domain/interpret/stand-in-points.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { interpretStored } from './interpret-stored.ts';
import { keepFindings } from './keep-findings.ts';

/** What the other of the two says of the part. */
export interface Beside {
  /** Whether it is the source's own. */
  readonly isOwn: boolean;
  readonly payload: FoldEntry;
  readonly points: readonly Point[];
  /** How files are named. */
  readonly name: string;
}

/** What stands beside a payload; undefined if nothing does. */
export async function readBeside(
  sql: Sql,
  dataset: PointDataset,
  { part }: FoldEntry,
  { beside, decisions }: { readonly beside?: FoldEntry | undefined; readonly decisions: readonly Decision[] },
): Promise<Beside | undefined> {
  const name = dataset.pull?.standIn?.name;
  if (!beside || name === undefined) return undefined;
  const read = await interpretStored(sql, dataset, await loadPayload(sql, beside.id));
  const isOwn = isStandInPart(part);
  // An answer includes what a person has released of it; files are compared as they were read.
  const { points } = isOwn ? settle(read, decisions) : read;
  return { isOwn, payload: beside, points, name };
}

/** What files say beside an answer. */
export function exceptOwn(
  dataset: PointDataset,
  day: CivilDay,
  files: Interpretation,
  { points, name }: Beside,
): Interpretation {
  return withoutCovered(files, coverageOf(dataset, day, points), { name });
}

/** Points that an answer leaves out but files still have: their values came from there, so they have not vanished. */
export async function stillInFiles(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { points: files }: Beside,
  answer: readonly Point[],
): Promise<Point[]> {
  const own = coverageOf(dataset, scope.day, answer);
  const left = files.filter((point) => !own.touches(point));
  if (left.length === 0) return [];
  const names = [...new Set(left.map(({ series }) => series))];
  const standing = await currentValues(sql, scope, names);
  const values = new Map(
    standing.map(({ series, startsAtMs, value }) => [`${startsAtMs}\t${series}`, value]),
  );
  return left.filter(({ series, startsAtMs, value }) => values.get(`${startsAtMs}\t${series}`) === value);
}

/**
 * Updates the findings about files beside a new answer: added where the two differ, ended where they agree, or where the answer covers what
 * was quarantined of the files.
 * @returns the change in the number of quarantined points.
 */
export async function confirmStandIn(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { part, fetchedAt }: FoldEntry,
  { payload, points: files, name }: Beside,
  answer: readonly Point[],
  decisions: readonly Decision[],
): Promise<number> {
  const own = coverageOf(dataset, scope.day, answer);
  return await keepFindings(sql, scope, {
    payloadId: payload.id,
    at: fetchedAt,
    findings: settleFindings(differences(files, own, { name }), decisions),
    over: { part: standInPart(part, name) },
    ends: (found) => found.rule === DIFFERS || isCovered(found, own),
  });
}

function coverageOf(dataset: PointDataset, day: CivilDay, points: readonly Point[]): Coverage {
  return new Coverage(points, intervalSeconds(dataset, day) * 1_000);
}
