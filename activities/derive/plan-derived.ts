/**
 * Which units of a derived dataset are due: reads the change feed of its inputs from where it stopped, and records the units affected. They
 * stay due until they are computed, whatever happens to a run.
 */
import type { Catalog } from '../../datasets/catalog.ts';
import { type Sql, transaction } from '../../db/connection/client.ts';
import { knownUpTo } from '../../db/queries/derived/input-points.ts';
import { allSpans, correctedAt, type MovedSpan, movedSpans } from '../../db/queries/derived/input-records.ts';
import {
  dueUnits,
  lockFollowed,
  type MovedDay,
  movedDays,
  notedUnits,
  noteFollowed,
  noteMoved,
} from '../../db/queries/derived/units.ts';
import type { DerivedInput, DerivedPoints } from '../../domain/dataset/derive.ts';
import { inputIdsOf } from '../../domain/dataset/input-faults.ts';
import { unitsMovedBy, unitsTouching } from '../../domain/days/derived-units.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import { today } from '../../domain/time/delivery-day.ts';
import type { Dependencies } from '../dependencies.ts';

/** At most so many runs per poll: the rest follow a minute later. */
const MOST_UNITS = 60;

/** Newest first. */
export async function planDerived(
  { catalog, clock, database }: Pick<Dependencies, 'catalog' | 'clock' | 'database'>,
  dataset: DerivedPoints,
): Promise<CivilDay[]> {
  await transaction(database, (sql) => follow(sql, catalog, dataset));
  const { id, decoderVersion: version, derive } = dataset;
  const now = clock.now();
  const upTo =
    derive.aheadDays === undefined ? null : addDays(today(dataset, now.getTime()), derive.aheadDays);
  return await dueUnits(database, id, { version, now, upTo, limit: MOST_UNITS });
}

async function follow(sql: Sql, catalog: Catalog, dataset: DerivedPoints): Promise<void> {
  const ids = inputIdsOf(dataset).toSorted();
  const readTo = await lockFollowed(sql, dataset.id, ids);
  // Rows become visible in cursor order: the statements below can read every cursor up to this one.
  const { cursor } = await knownUpTo(sql);
  if (cursor === readTo) return;
  const moved = await movedDays(sql, ids, readTo, cursor);
  const found = [
    ...moved.flatMap((day) => unitsOf(catalog, dataset, day)),
    ...(await unitsMovedByRecords(sql, dataset, moved, readTo, cursor)),
  ];
  const units = new Map<CivilDay, number>();
  for (const { unit, cursor: by } of found)
    if (unit >= dataset.firstDay) units.set(unit, Math.max(units.get(unit) ?? 0, by));
  if (units.size > 0) await noteMoved(sql, dataset.id, units);
  await noteFollowed(sql, dataset.id, cursor);
}

/** Units affected by a changed day of points. */
function unitsOf(catalog: Catalog, dataset: DerivedPoints, { cursor, ...moved }: MovedDay): MovedUnit[] {
  const from = catalog.find(moved.dataset);
  return Object.values(dataset.derive.inputs)
    .filter((input) => input.dataset === moved.dataset && input.until === undefined)
    .flatMap((input) => unitsMovedBy(dataset, from, input, moved.day))
    .map((unit) => ({ unit, cursor }));
}

// Units of a derived dataset that changed records of its inputs affect: every day that a record covers, or covered before.

interface MovedUnit {
  readonly unit: CivilDay;
  /** Cursor of the newest change that moved it. */
  readonly cursor: number;
}

/** Longer records are cut off here: some claim to last until 2099. */
const LONGEST_MS = 3_660 * 86_400_000;

async function unitsMovedByRecords(
  sql: Sql,
  dataset: DerivedPoints,
  moved: readonly MovedDay[],
  after: number,
  upTo: number,
): Promise<MovedUnit[]> {
  const units: MovedUnit[] = [];
  for (const input of Object.values(dataset.derive.inputs)) {
    if (input.until === undefined || !moved.some((day) => day.dataset === input.dataset)) continue;
    const spans = await movedSpans(sql, input.dataset, input.until, after, upTo);
    units.push(...spans.flatMap((span) => unitsOfSpan(dataset, input, span)));
    const cursor = await correctedAt(sql, input.dataset, after, upTo);
    if (cursor === null) continue;
    // Stored bytes were decoded again. Their earlier meaning is gone: anything computed from it may be wrong.
    const all = await allSpans(sql, input.dataset, input.until, cursor);
    units.push(...all.flatMap((span) => unitsOfSpan(dataset, input, span)));
    units.push(...(await notedUnits(sql, dataset.id)).map((unit) => ({ unit, cursor })));
  }
  return units;
}

function unitsOfSpan(
  dataset: DerivedPoints,
  input: DerivedInput,
  { startMs, endMs, cursor }: MovedSpan,
): MovedUnit[] {
  const span = { startMs, endMs: Math.min(endMs, startMs + LONGEST_MS) };
  return unitsTouching(dataset, input, span).map((unit) => ({ unit, cursor }));
}
