/** Units of a derived dataset that changed records of its inputs affect: every day that a record covers, or covered before. */
import type { Sql } from '../../db/connection/client.ts';
import { allSpans, correctedAt, type MovedSpan, movedSpans } from '../../db/queries/derived/input-records.ts';
import { type MovedDay, notedUnits } from '../../db/queries/derived/units.ts';
import type { DerivedInput, DerivedPoints } from '../../domain/dataset/derive.ts';
import { unitsTouching } from '../../domain/days/derived-units.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

export interface MovedUnit {
  readonly unit: CivilDay;
  /** Cursor of the newest change that moved it. */
  readonly cursor: number;
}

/** Longer records are cut off here: some claim to last until 2099. */
const LONGEST_MS = 3_660 * 86_400_000;

export async function unitsMovedByRecords(
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
